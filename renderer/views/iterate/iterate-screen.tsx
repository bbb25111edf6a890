import { RefreshCcwDot } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { CallOutput, Round } from '../../../core/contract/calls.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Toolbar } from '../../components/page.tsx';
import { Select } from '../../components/select.tsx';
import { ErrorMessage, Spinner } from '../../components/text.tsx';
import { defineCommands } from '../../shortcuts/commands.ts';
import { useCall } from '../../stores/use-call.ts';
import { modelItems } from '../sampling/models.ts';
import { closeSampling, startRound, useIterate } from './iterate-store.ts';
import styles from './iterate.module.css';
import { RoundCard } from './round-card.tsx';
import { RoundSampleDialog } from './round-sample-dialog.tsx';
import { firstPolicy } from './stages.ts';
import { Trends } from './trends.tsx';

defineCommands('iterate', {
  'iterate.next': { title: 'Do what comes next in the newest round', key: 'Mod+Enter' },
  'iterate.sample': { title: 'Sample completions for the newest round…', key: 'KeyS' },
  'iterate.report': { title: 'Write the report of the newest round', key: 'KeyE' },
});

/** All rounds of feedback as one line of descent. */
export function IterateScreen() {
  const { data: rounds, error } = useCall('rounds.list', {});
  const { data: models } = useCall('models.list', {});
  const sampling = useIterate((state) => state.sampling);
  const asked = rounds?.find(({ id }) => id === sampling);
  return (
    <div className={styles.screen}>
      <Toolbar title="Iterate" />
      {error && <ErrorMessage>{error}</ErrorMessage>}
      {(!rounds || !models) && !error && <Spinner label="Reading the rounds…" />}
      {models && rounds && rounds.length > 0 && <Rounds rounds={rounds} models={models} />}
      {models && rounds?.length === 0 && <FirstRound models={models} />}
      {asked && <RoundSampleDialog round={asked} onClose={closeSampling} />}
    </div>
  );
}

interface RoundsProps {
  readonly rounds: readonly Round[];
  readonly models: CallOutput<'models.list'>;
}

function Rounds({ rounds, models }: RoundsProps) {
  const inOrder = rounds.toSorted((a, b) => a.number - b.number);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'end' });
  }, [rounds.length]);
  return (
    <div className={styles.scroller}>
      {rounds.length > 1 && <Trends rounds={inOrder} />}
      <ol className={styles.rounds}>
        {inOrder.map((round, at) => (
          <RoundCard
            key={round.id}
            round={round}
            before={inOrder[at - 1]}
            isLast={at === inOrder.length - 1}
            models={models}
          />
        ))}
      </ol>
      <div ref={end} />
    </div>
  );
}

function FirstRound({ models }: Pick<RoundsProps, 'models'>) {
  const runs = useCall('runs.list', {}).data;
  const [chosen, setChosen] = useState<string | null>(null);
  const language = models.filter(({ head }) => head === 'language');
  const policy = chosen ?? firstPolicy(models, runs ?? []);
  return (
    <EmptyState
      icon={RefreshCcwDot}
      title="A round: sample, rank, train, repeat"
      actions={
        <div className={styles.first}>
          <Select
            label="Policy to begin with"
            items={modelItems(language)}
            value={policy}
            onChange={setChosen}
            placeholder="No language model yet"
          />
          <Button
            variant="primary"
            isDisabled={policy === null}
            onPress={() => policy !== null && void startRound(policy)}
          >
            Start round 1
          </Button>
        </div>
      }
    >
      The policy answers prompts, people rank its answers, a reward model learns from the rankings, and PPO
      trains the policy against it. The next round begins with the policy that came of it.
    </EmptyState>
  );
}
