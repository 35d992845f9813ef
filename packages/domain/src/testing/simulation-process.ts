import { startLoops } from './simulation-background.ts'
import { kill } from './simulation-crash.ts'
import { HOUR_MS } from './simulation-weather.ts'
import { delay, type Life, reach, type World } from './simulation-world.ts'

/** Starts a server process, with a clock of its own. */
export const start = (world: World, name: string): void => {
  const { skewMs: most } = world.weather
  const skewMs = world.random.whole(-most, most)
  const life: Life = { name, alive: true, stalledUntil: 0, skewMs, calls: new Set(), loops: [] }
  world.lives.push(life)
  world.skews.push(skewMs)
  startLoops(world, life)
}

/** Lets the dead start again after a while. */
export const restartDead = (world: World): void => {
  for (const life of world.lives.filter(({ alive }) => !alive)) {
    world.lives.splice(world.lives.indexOf(life), 1)
    const pauseMs = delay(world, [1_000, 10_000, 90_000])
    world.agenda.plan(pauseMs, `${life.name} starts`, () => start(world, life.name))
  }
}

/** Kills, stops and sets clocks by chance; sometimes time just passes, and everything is late at once. */
export const disturb = (world: World): void => {
  const { agenda, random, weather, lives } = world
  if (random.chance(weather.jumps)) {
    agenda.now += random.whole(1_000, 240_000)
    agenda.note('time has passed')
    reach(world, 'time jumped')
  }
  if (lives.length === 0) return
  if (random.chance(weather.kills)) kill(world, random.pick(lives))
  if (random.chance(weather.stalls)) {
    const life = random.pick(lives)
    life.stalledUntil = agenda.now + random.whole(1_000, 90_000)
    agenda.note(`${life.name} is stopped for a while`)
    reach(world, 'process stopped for a while')
  }
  if (random.chance(weather.jumps)) {
    const life = random.pick(lives)
    life.skewMs += random.whole(-300_000, 300_000)
    world.skews.push(life.skewMs)
    agenda.note(`the clock of ${life.name} is set`)
    reach(world, 'clock set')
  }
  if (weather.setBacks > 0 && random.chance(weather.setBacks)) setBack(world, random.pick(lives))
}

/** By more hours than an outcome that the gateway knows may stay unknown; twice would only take longer. */
const setBack = (world: World, life: Life): void => {
  if (life.skewMs < -HOUR_MS) return
  life.skewMs -= world.random.whole(3 * HOUR_MS, 4 * HOUR_MS)
  world.skews.push(life.skewMs)
  world.agenda.note(`the clock of ${life.name} is set back by hours`)
  reach(world, 'clock set back by hours')
}
