import { type Call, type Life, reach, type Task, type World } from './simulation-world.ts'

/** Notes that a process waits for something from now on. */
export const openCall = (task: Task, name: string, subject?: string): Call => {
  const call: Call = { task, name, subject, phase: 'before' }
  task.life.calls.add(call)
  return call
}

/** Whether the process is to die in this phase of this call. */
export const isAimed = ({ aims }: World, call: Call): boolean =>
  aims.get(nameOf(call)) === call.phase

/** Whether the process died at this very point. A coin says whether it is this time or a later one. */
export const isHit = (world: World, call: Call): boolean => {
  if (!isAimed(world, call) || !world.random.chance(0.7)) return false
  world.aims.delete(nameOf(call))
  kill(world, call.task.life)
  return true
}

const nameOf = ({ task, name }: Call): string => `${task.name}: ${name}`

/** SIGKILL: what the process waited for never comes back to it; messages that it has sent are on their way. */
export const kill = (world: World, life: Life): void => {
  life.alive = false
  world.agenda.note(`${life.name} is killed`)
  for (const { phase, task, name } of life.calls) {
    reach(world, `crash ${phase} ${task.name}: ${name}`)
    if (task.key !== undefined) world.journal.crashed(task.key)
  }
}
