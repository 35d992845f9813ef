import { type Draft, draftsOf } from './draft.ts'

const open = (path: string) => ({ method: 'GET', path, headers: {} })

/** Examples of the routes that need no sign-in. Pages for people are none: they are not data. */
export const serviceDrafts: readonly Draft[] = [
  ...draftsOf('getHealth', [['alive', 'Alive', 'Nothing is there yet.', open('/healthz')]]),
  ...draftsOf('getReadiness', [
    ['ready', 'Ready', 'Nothing is there yet.', open('/readyz')],
    [
      'notWriting',
      'Without a database that takes writes',
      'The database answers reads, and takes no writes.',
      open('/readyz'),
    ],
    ['outage', 'Without its database', 'The database is out of reach.', open('/readyz')],
  ]),
  ...draftsOf('getStart', [
    ['start', 'The way to the reference', 'Nothing is there yet.', open('/')],
  ]),
  ...draftsOf('getDocsFile', [
    ['missing', 'No such file', 'Nothing is there yet.', open('/docs/logo.png')],
  ]),
  ...draftsOf('getProblem', [
    ['missing', 'No such problem', 'Nothing is there yet.', open('/problems/bad_luck')],
  ]),
]
