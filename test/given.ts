/** What a command was called with. npm takes away the `--` in front of it, pnpm hands it on. */
export const given = (): string[] => process.argv.slice(2).filter((argument) => argument !== '--')
