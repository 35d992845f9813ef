import { misspeltVariables, reportConfiguration } from '@holdfast/adapters'
import { Command } from 'commander'
import pc from 'picocolors'
import { sourceOf } from '../environment.ts'
import { type OutputOptions, printList, tell } from '../output.ts'
import { configuration } from '../session.ts'

/** `holdfast config`: what is in force, and where it comes from. */
export const configCommand = (): Command =>
  new Command('config')
    .description('show the configuration that is in force, secrets hidden')
    .option('--json', 'JSON instead of a table')
    .action((options: OutputOptions) => {
      const settings = reportConfiguration(process.env, configuration()).map(
        ({ variable, value, isDefault }) => ({
          ...{ variable, value, source: isDefault ? 'default' : sourceOf(variable) },
        }),
      )
      printList(settings, options, {
        variable: ({ variable }) => variable,
        value: ({ value }) => value ?? pc.dim('not set'),
        source: ({ source }) => source,
      })
      warnOfMisspellings()
    })

/** A variable that nobody reads, because of a slip, would leave a default in force without a word. */
export const warnOfMisspellings = (): void => {
  for (const { name, meant } of misspeltVariables(process.env)) {
    tell(`${pc.yellow('warning')} ${name} means nothing to Holdfast. Is it ${meant}?`)
  }
}
