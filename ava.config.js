/**
 * V8's middle compiler, Maglev, ends Node 24 from 24.15 on now and then (SIGSEGV or SIGTRAP, without a word) where it compiles
 * hot code while other processes want the same cores: nodejs/node issue 64841. The tests do without it, each file in a process
 * of its own, since worker threads take no such flag.
 */
export default {
  nodeArguments: ['--no-maglev'],
  workerThreads: false,
  files: ['packages/*/test/**/*.test.ts'],
  extensions: { ts: 'module' },
  concurrency: 2,
  timeout: '5m',
}
