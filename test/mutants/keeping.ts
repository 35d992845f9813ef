import type { PlantedBug } from './planted-bug.ts'

const ANSWER_ONCE = 'use-cases/answer-once.ts'

/** Bugs in what an idempotency key keeps. */
export const keepingBugs: readonly PlantedBug[] = [
  {
    name: 'stores a key in a transaction of its own, after the effect',
    patches: [
      {
        file: ANSWER_ONCE,
        find: '    const all = { ...changes, ...(remembered && { record }) }\n    return { value: { result, replayed: false }, changes: all }',
        put: '    return { value: { result, replayed: false, record: remembered && record }, changes }',
      },
      {
        file: ANSWER_ONCE,
        find: '    answered.then(({ result, replayed }) => {',
        put: `    answered.then(async ({ result, replayed, record }) => {
      if (record) await store.transaction({ key: claim }, () => ({ value: 0, changes: { record } }))`,
      },
    ],
  },
  {
    name: 'does a request again whose key is finished',
    patches: [{ file: ANSWER_ONCE, find: '    if (known?.outcome)\n', put: '    if (false)\n' }],
  },
  {
    name: 'lets a key be used for another request',
    patches: [
      {
        file: 'rules/idempotency.ts',
        find: 'known === undefined || known.fingerprint === fingerprint',
        put: 'known === undefined || known.fingerprint !== undefined',
      },
    ],
  },
  {
    name: 'keeps a refusal that promises nothing',
    patches: [
      {
        file: 'rules/idempotency.ts',
        find: "  'gateway_unavailable',\n",
        put: '',
      },
    ],
  },
]
