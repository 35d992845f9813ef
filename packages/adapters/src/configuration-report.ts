import { distance } from 'fastest-levenshtein'
import type { Configuration } from './configuration.ts'
import { variables } from './configuration-variables.ts'
import { withHost } from './sql/postgres-url.ts'

/** One variable as it is in force; `value` is null where it is not set and needs no value. Secrets are hidden. */
export type Setting = Readonly<{ variable: string; value: string | null; isDefault: boolean }>

type Environment = Readonly<Record<string, string | undefined>>

const HIDDEN = '(hidden)'

/** Every variable with what is in force, in the order of the documentation. */
export const reportConfiguration = (
  environment: Environment,
  { fakeLedgerFile }: Pick<Configuration, 'fakeLedgerFile'>,
): readonly Setting[] => {
  const defaults: Environment = { ...defaultValues(), FAKE_LEDGER: fakeLedgerFile }
  return variableNames.map((variable) => {
    const isDefault = !environment[variable]
    const written = (isDefault ? defaults : environment)[variable] ?? null
    return { variable, value: written && hideSecrets(variable, written), isDefault }
  })
}

/** The names of all variables. */
export const variableNames: readonly string[] = Object.keys(variables.shape)

/** The defaults that hold whatever else is set, as one would write them. */
export const defaultValues = (): Environment =>
  Object.fromEntries(
    Object.entries(variables.parse({})).map(([variable, value]) => [
      variable,
      variables.shape[variable as keyof typeof variables.shape].meta()?.['unit'] === 'ms'
        ? writeDuration(Number(value))
        : typeof value === 'boolean'
          ? String(Number(value))
          : value?.toString(),
    ]),
  )

const writeDuration = (ms: number): string => {
  if (ms > 0 && ms % 3_600_000 === 0) return `${ms / 3_600_000}h`
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`
}

const hideSecrets = (variable: string, written: string): string =>
  variable.endsWith('_SECRET') ? HIDDEN : hidePasswords(written)

/** A URL without its passwords, wherever it carries them; what is not a URL stays as it is. */
const hidePasswords = (written: string): string => {
  const readable = withHost(written)
  if (!/^[a-z]+:\/\//i.test(written) || !URL.canParse(readable)) return written
  const url = new URL(readable)
  const telling = [...url.searchParams.keys()].filter((name) => /pass|secret|token|key/i.test(name))
  // As it was written: parsed, several origins with commas between would look like one.
  if (!url.password && telling.length === 0) return written
  if (url.password) url.password = HIDDEN
  for (const name of telling) url.searchParams.set(name, HIDDEN)
  const shown = decodeURI(url.href).replaceAll(/%28hidden%29/gi, HIDDEN)
  return readable === written ? shown : shown.replace('@localhost', '@')
}

/** Shorter names are too close to what everybody has in their environment: HOST and HOME. */
const SHORTEST_TO_COMPARE = 8

/** Variables that nobody reads but that look like one of ours, with the name that was probably meant. */
export const misspeltVariables = (
  environment: Environment,
): readonly Readonly<{ name: string; meant: string }>[] =>
  Object.keys(environment).flatMap((name) => {
    if (variableNames.includes(name) || name.length < SHORTEST_TO_COMPARE) return []
    const meant = variableNames.find(
      (ours) => ours.length >= SHORTEST_TO_COMPARE && distance(name.toUpperCase(), ours) <= 2,
    )
    return meant === undefined ? [] : [{ name, meant }]
  })
