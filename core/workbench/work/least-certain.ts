import type { Engine } from '../../engine/engine.ts';
import { PlacedModel } from '../../model/placed.ts';
import type { Resources } from '../../training/resources.ts';
import { ScalarScorer, SCORED_TOGETHER } from '../../training/scoring.ts';
import type { Sequence } from '../../training/sequences.ts';
import { openFolder, requireHead, type Opened } from '../sources.ts';
import { uncertaintyOf } from '../uncertainty.ts';
import { requireFiniteRewards } from './finite-rewards.ts';
import type { ReportOf, SampleTask } from './protocol.ts';

type Sampled = Omit<ReportOf<'sampled'>, 'type'>;
type Chosen = Sampled & { readonly uncertainty: number };

/** A prompt and its completions, with the text that they complete. */
export interface Candidate extends Sampled {
  readonly text: string;
}

/** Of many sampled prompts, those whose order a reward model is least sure of; the others are forgotten. */
export class LeastCertain {
  readonly #opened: Opened;
  readonly #scorer: ScalarScorer;
  readonly #parameters: PlacedModel;
  readonly #most: number;
  #chosen: Chosen[] = [];

  private constructor(opened: Opened, scorer: ScalarScorer, parameters: PlacedModel, most: number) {
    this.#opened = opened;
    this.#scorer = scorer;
    this.#parameters = parameters;
    this.#most = most;
  }

  static async open(
    { rewardModel, prompts }: NonNullable<SampleTask['keep']>,
    engine: Engine,
    resources: Resources,
  ): Promise<LeastCertain> {
    const opened = openFolder(rewardModel);
    requireHead(opened, 'scalar', 'prompts are chosen by');
    const scorer = resources.keep(await ScalarScorer.compile(engine, opened.model, SCORED_TOGETHER));
    const parameters = resources.keep(await PlacedModel.place(engine, opened.model));
    return new LeastCertain(opened, scorer, parameters, prompts);
  }

  /** Returns how many could be scored: not those that are too long for the reward model's context. */
  async consider(candidates: readonly Candidate[]): Promise<number> {
    const { texts, model } = this.#opened;
    const read = candidates.map(({ text, ...sampled }) => ({
      sampled,
      sequences: sampled.completions.map((each) => texts.answer(text, each.text, each.ended)),
    }));
    const fits = ({ ids }: Sequence) => ids.length <= model.config.context;
    const fitting = read.filter(({ sequences }) => sequences.every(fits));
    const all = fitting.flatMap(({ sequences }) => sequences);
    const rewards = requireFiniteRewards(
      await this.#scorer.rewards(this.#parameters, all),
      this.#opened.where,
    );
    let start = 0;
    for (const { sampled, sequences } of fitting) {
      const own = Array.from(rewards.subarray(start, (start += sequences.length)));
      this.#chosen.push({ ...sampled, uncertainty: uncertaintyOf(own) });
    }
    // Sorting at twice the number makes every prompt cheap, however many there are.
    if (this.#chosen.length >= 2 * this.#most) this.#chosen = this.chosen();
    return fitting.length;
  }

  /** The least certain first. */
  chosen(): Chosen[] {
    return this.#chosen.toSorted((a, b) => b.uncertainty - a.uncertainty).slice(0, this.#most);
  }
}
