import { defineCommands, useCommands, type Handler } from '../shortcuts/commands.ts';
import { useProject } from '../stores/session.ts';
import { goTo, toggleGuidelines, useUi } from '../stores/ui.ts';
import { screens } from './screens.ts';

const goToId = (screen: string) => `go.${screen}`;

defineCommands(
  'global',
  Object.fromEntries(
    screens.map(({ id, title }, i) => [
      goToId(id),
      { title: `Go to ${title}`, key: `Mod+Digit${(i + 1) % 10}` },
    ]),
  ),
);
defineCommands('global', {
  'app.palette': { title: 'Search commands', key: 'Mod+KeyK' },
  'app.shortcuts': { title: 'Show keyboard shortcuts', key: '?' },
  'app.settings': { title: 'Open settings', key: 'Mod+Comma' },
  'project.guidelines': { title: 'Show or hide the guidelines', key: 'KeyG' },
});

const navigation: Record<string, Handler> = Object.fromEntries(
  screens.map(({ id }) => [goToId(id), () => goTo(id)]),
);

export function useGlobalCommands(): void {
  const project = useProject();
  useCommands({
    ...navigation,
    'app.palette': () => useUi.setState({ paletteOpen: true }),
    'app.shortcuts': () => useUi.setState({ shortcutsOpen: true }),
    'app.settings': () => goTo('settings'),
    'project.guidelines': project && toggleGuidelines,
  });
}
