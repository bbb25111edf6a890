/**
 * One measurement of ours in a process of its own, printed as JSON: `measure.ts CASE DEVICE full|rehearsal`. The case
 * `profile` looks into a training step.
 */
import type { Provider } from '../../../core/engine/engine.ts';
import { withEngine } from '../models.ts';
import { cases, full, rehearsal } from './cases.ts';
import { profileStep } from './profile.ts';

const [name, device, size] = process.argv.slice(2) as [string, Provider, 'full' | 'rehearsal'];
const scale = size === 'rehearsal' ? rehearsal : full;
const chosen = cases(scale).find((each) => each.name === name);
const result = chosen
  ? { values: await withEngine(chosen.ours, device) }
  : { profile: await profileStep(device, scale) };
console.log(JSON.stringify(result));
