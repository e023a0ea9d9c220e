import { expect, test } from 'vitest';
import { randomFrom, seeds } from '../support/seeds.js';
import { Hand, ORDINARY } from './corpus.js';
import { givenSessions } from './given-sessions.js';

const MOST_AGENTS = 3;
const STORIES_OF_AN_AGENT = 5;
/** One false refusal in so many edits is allowed. */
const EDITS_FOR_ONE = 500;

const GENERATOR = 'awk \'{ print "generated", $0 }\' "$1" > "$1.new" && mv "$1.new" "$1"\n';

interface Day {
  edits: number;
  /** Every refusal: none is called for. */
  refusals: string[];
}

/** One person's day: one to three agents, each with stories of its own, in turns that are drawn. */
async function ordinaryDay(seed: number): Promise<Day> {
  const random = randomFrom(seed);
  const given = await givenSessions({ 'tools/generate.sh': GENERATOR });
  const finished: string[] = [];
  const hands: Hand[] = [];
  const many = 1 + Math.floor(random() * MOST_AGENTS);
  for (let number = 1; number <= many; number += 1)
    hands.push(new Hand(await given.session(), `home${number}`, random, finished));
  const told: string[] = [];
  let open = hands.map((hand) => stories(hand, told));
  while (open.length > 0) {
    const play = open[Math.floor(random() * open.length)];
    if ((await play?.next())?.done === true) open = open.filter((each) => each !== play);
  }
  return {
    edits: hands.reduce((sum, { edits }) => sum + edits, 0),
    refusals: hands.flatMap(({ refusals }) =>
      refusals.map((text) => `seed ${seed}, ${told.join(' | ')}: ${text}`),
    ),
  };
}

async function* stories(hand: Hand, told: string[]): AsyncGenerator<undefined, void> {
  const all = Object.entries(ORDINARY);
  for (let story = 0; story < STORIES_OF_AN_AGENT; story += 1) {
    const [name, play] = all[Math.floor(hand.random() * all.length)] ?? [];
    if (name === undefined || play === undefined) continue;
    const before = hand.refusals.length;
    yield* play(hand);
    if (hand.refusals.length > before) told.push(name);
  }
}

test(
  'ordinary work of agents that do not get in each other’s way is not refused',
  { timeout: 600_000 },
  async () => {
    const day: Day = { edits: 0, refusals: [] };
    for (const seed of seeds(8)) {
      const { edits, refusals } = await ordinaryDay(seed);
      day.edits += edits;
      day.refusals.push(...refusals);
    }
    const allowed = Math.floor(day.edits / EDITS_FOR_ONE);
    expect(day.refusals.length, `of ${day.edits} edits:\n${day.refusals.join('\n\n')}`).toBeLessThanOrEqual(
      allowed,
    );
    if (process.env['TEST_SEED'] === undefined) expect(day.edits).toBeGreaterThan(100);
  },
);
