import type { Guard } from './guard.js';

const PATIENCE_MS = 1_500;
const LOOK_AGAIN_MS = 25;

/** Whether a call has waited as long as it is to: after so many looks whoever is still in the way now counts. */
export function isLastLook({ patienceMs = PATIENCE_MS }: Guard, looks: number): boolean {
  return looks * LOOK_AGAIN_MS > patienceMs;
}

export function untilNextLook({ store }: Guard): Promise<void> {
  return new Promise<void>((resolve) => void store.clock.after(LOOK_AGAIN_MS, resolve));
}
