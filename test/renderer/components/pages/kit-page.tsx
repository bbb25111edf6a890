import { Users } from 'lucide-react';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import '../../../../renderer/theme/tokens.css';
import '../../../../renderer/theme/reset.css';
import { Button, IconButton } from '../../../../renderer/components/button.tsx';
import { EmptyState } from '../../../../renderer/components/empty-state.tsx';
import { NumberField, SearchField, TextArea, TextField } from '../../../../renderer/components/fields.tsx';
import { Menu } from '../../../../renderer/components/menu.tsx';
import { Page } from '../../../../renderer/components/page.tsx';
import { Meter, ProgressBar, ProportionBar } from '../../../../renderer/components/progress.tsx';
import { Select } from '../../../../renderer/components/select.tsx';
import { SidePanel } from '../../../../renderer/components/side-panel.tsx';
import { Tabs } from '../../../../renderer/components/tabs.tsx';
import { Badge, ErrorMessage, Kbd, Spinner } from '../../../../renderer/components/text.tsx';
import { Toasts, showToast } from '../../../../renderer/components/toasts.tsx';
import { Checkbox, SegmentedControl, Switch } from '../../../../renderer/components/toggles.tsx';

const SIZES = [
  { id: 'small', label: 'Small' },
  { id: 'large', label: 'Large' },
] as const;
const TONES = ['neutral', 'accent', 'success', 'warning', 'danger'] as const;

/** Every component once, in each of its tones. */
function KitPage() {
  const [size, setSize] = useState<'small' | 'large'>('small');
  const [undone, setUndone] = useState(false);
  const toast = () =>
    showToast({ title: 'Removed 3 prompts', action: { label: 'Undo', onPress: () => setUndone(true) } });
  return (
    <main>
      <Page title="Kit" description="Every component" actions={<Button variant="primary">Go</Button>}>
        <Button onPress={toast}>Remove</Button>
        <output>{undone ? 'undone' : ''}</output>
        <Button variant="danger">Delete</Button>
        <Button variant="quiet" combo="Mod+Enter">
          Quiet
        </Button>
        <IconButton label="Labelers" icon={Users} isActive />
        <TextField label="Name" description="Any words" errorMessage="is empty" />
        <TextArea label="Text" placeholder="Write…" />
        <NumberField label="Count" defaultValue={3} />
        <SearchField label="Search" />
        <Select label="Size" items={SIZES} value={size} onChange={setSize} />
        <SegmentedControl label="Sizes" items={SIZES} value={size} onChange={setSize} />
        <Checkbox>Shown</Checkbox>
        <Switch isSelected onChange={() => {}} description="What it does">
          On
        </Switch>
        <Menu
          label="Acts"
          trigger={<Button>Menu</Button>}
          items={[{ id: 'a', label: 'Act', onAction: () => {} }]}
        />
        <Tabs
          label="Parts"
          items={SIZES.map((item) => ({ ...item, content: item.label }))}
          value={size}
          onChange={setSize}
        />
        <ProgressBar label="Sampling" value={3} max={10} />
        <ProgressBar label="Looking" value={null} />
        <Meter label="Share" value={0.4} target={0.5} />
        <ProportionBar
          label="Tones"
          parts={TONES.map((tone) => ({ id: tone, label: tone, value: 2, tone }))}
        />
        {TONES.map((tone) => (
          <Badge key={tone} tone={tone}>
            {tone}
          </Badge>
        ))}
        <Kbd combo="Mod+Shift+KeyK" />
        <ErrorMessage>Something is wrong; do this.</ErrorMessage>
        <Spinner label="Waiting…" />
        <EmptyState icon={Users} title="Nobody yet">
          Add somebody.
        </EmptyState>
      </Page>
      <SidePanel title="Panel" onClose={() => {}}>
        Words
      </SidePanel>
      <Toasts />
    </main>
  );
}

createRoot(document.getElementById('root')!).render(<KitPage />);
