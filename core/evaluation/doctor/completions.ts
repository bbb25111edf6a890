/** What shows in the completions: how they end, how long they are, whether they differ. */
import { correlation } from '../correlation.ts';
import { percent, shown, type Detect, type Sign } from './finding.ts';
import { onset, through, type Bounds, type ObservedRun, type Series } from './series.ts';

/** Shares of completions that do not end. */
const neverEnding: Bounds = { enter: 0.95, leave: 0.85 };
/** A share that shows that the policy knew how to end. */
const KNEW = 0.2;
/** Tokens, the end included, that say next to nothing. */
const AT_ONCE = 2.5;

export const eosCollapse: Detect = (run) => nobodyEnds(run) ?? allEndAtOnce(run);

/** A run that never had ends may want none, unless it scores them as missing. */
function nobodyEnds(run: ObservedRun): Sign | undefined {
  const ended = run.series('eos_rate');
  if (!ended) return undefined;
  const lost = ended.start >= KNEW;
  if (!lost && run.setting('missingEos') === 'none') return undefined;
  const since = onset(
    through(ended, (share) => 1 - share),
    neverEnding,
  );
  if (since === undefined) return undefined;
  return {
    severity: 'danger',
    title: 'Completions do not end',
    evidence: `${percent(ended.last)} of the completions end by themselves; at the start it was ${percent(ended.start)}.`,
    since,
    suggestion: lost
      ? 'The reward pays for going on: set missingEos to replace or subtract, or rank completions that go on and on below those that end.'
      : 'The policy was not taught to end: give it demonstrations with their end, or a larger responseLength, and see that the padding token is not the end token.',
    metrics: ['eos_rate', 'val/num_eos_tokens', 'response_length'],
  };
}

function allEndAtOnce(run: ObservedRun): Sign | undefined {
  const length = run.series('response_length');
  if (!length || length.start < 2 * AT_ONCE) return undefined;
  const since = onset(
    through(length, (tokens) => AT_ONCE / tokens),
    { enter: 1, leave: 0.8 },
  );
  if (since === undefined) return undefined;
  return {
    severity: 'danger',
    title: 'Completions end at once',
    evidence: `Completions have ${shown(length.last)} tokens, their end included; at the start they had ${shown(length.start)}.`,
    since,
    suggestion:
      'The reward pays for saying nothing: rank empty answers last and train the reward model again, or raise klCoef.',
    metrics: ['response_length', 'eos_rate'],
  };
}

/** Times longer or shorter than at the start. Ours; in the starter project lengths stay within a fifth. */
const lengthChange: Bounds = { enter: 2, leave: 1.6 };
/** Score and length that go so closely together make it likely that length is what is learned. */
const TOGETHER = 0.7;

/** 70 to 90% of what PPO gains in reward can be length alone (Singhal et al. 2023, "A Long Way to Go"). */
export const lengthDrift: Detect = (run) => {
  const length = run.series('response_length');
  if (!length || hasLearnedToEnd(run, length)) return undefined;
  const since = onset(
    through(length, (tokens) => Math.max(tokens / length.start, length.start / tokens)),
    lengthChange,
  );
  if (since === undefined) return undefined;
  const scores = run.series('objective/scores');
  const together = scores?.raw.length === length.raw.length ? correlation(length.raw, scores.raw) : 0;
  const closely = Math.abs(together) >= TOGETHER;
  return {
    severity: closely ? 'danger' : 'warning',
    title: length.last > length.start ? 'Completions grow longer' : 'Completions grow shorter',
    evidence: `Completions went from ${shown(length.start)} to ${shown(length.last)} tokens${closely ? `, and the score goes with the length (correlation ${shown(together)})` : ''}.`,
    since,
    suggestion: closely
      ? 'The reward model seems to judge by length: look at its length correlation, rank pairs of equal quality and different length, or raise klCoef.'
      : 'Read samples of before and after; where the change is not wanted, raise klCoef.',
    metrics: ['response_length', 'objective/scores'],
  };
};

/** Shorter because it stops where it did not before: that is what `missingEos` asks for. */
function hasLearnedToEnd(run: ObservedRun, length: Series): boolean {
  const ended = run.series('eos_rate');
  return ended !== undefined && length.last < length.start && ended.start < 0.5 && ended.last > 0.8;
}

/** Times fewer completions like no other than at the start. */
const sameness: Bounds = { enter: 2, leave: 1.5 };
const ALMOST_NONE = 0.1;
/** Where fewer than these differed from the start, the prompts ask for few different answers. */
const VARIED = 0.2;

export const identicalCompletions: Detect = (run) => {
  const distinct = run.series('objective/distinct');
  if (!distinct || distinct.start < VARIED) return undefined;
  const since = onset(
    through(distinct, (share) => distinct.start / share),
    sameness,
  );
  if (since === undefined) return undefined;
  return {
    severity: distinct.last < ALMOST_NONE ? 'danger' : 'warning',
    title: 'Completions are the same again and again',
    evidence: `${percent(distinct.last)} of an iteration's completions are like no other; at the start it was ${percent(distinct.start)}.`,
    since,
    suggestion:
      'Fork from a checkpoint before that with a larger klCoef or a lower learningRate, and look at what the reward model gives the answer that is repeated.',
    metrics: ['objective/distinct', 'policy/entropy_avg'],
  };
};
