import { FolderOpen } from 'lucide-react';
import { useEffect } from 'react';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Page } from '../components/page.tsx';
import { Toasts } from '../components/toasts.tsx';
import { useProject, useSession, useSettings } from '../stores/session.ts';
import { applyTheme, goTo, useUi } from '../stores/ui.ts';
import styles from './app.module.css';
import { ConnectionLost } from './connection-lost.tsx';
import { CrashBanner } from './crash-banner.tsx';
import { useGlobalCommands } from './global-commands.ts';
import { GuidelinesPanel } from './guidelines-panel.tsx';
import { Palette } from './palette.tsx';
import { screens } from './screens.ts';
import { ShortcutsSheet } from './shortcuts-sheet.tsx';
import { Sidebar } from './sidebar.tsx';
import { StatusBar } from './status-bar.tsx';

export function App() {
  useGlobalCommands();
  useTheme();
  const project = useProject();
  const guidelinesOpen = useUi((state) => state.guidelinesOpen);
  return (
    <div className={styles.frame}>
      <Sidebar />
      <div className={styles.middle}>
        <CrashBanner />
        <main className={styles.main}>
          <CurrentScreen />
        </main>
      </div>
      {project && guidelinesOpen && <GuidelinesPanel key={project.path} />}
      <StatusBar />
      <Palette />
      <ShortcutsSheet />
      <Toasts />
      <ConnectionLost />
    </div>
  );
}

function useTheme(): void {
  const theme = useSettings()?.theme ?? null;
  useEffect(() => applyTheme(theme), [theme]);
}

function CurrentScreen() {
  const current = useUi((state) => state.screen);
  const project = useSession((state) => state.project);
  const screen = screens.find(({ id }) => id === current)!;
  useEffect(() => {
    document.title = project ? `${screen.title} · ${project.name}` : 'Alignment Workbench';
  }, [screen, project]);
  // Nothing is known yet: an empty frame for a moment is calmer than a screen that changes at once.
  if (project === undefined) return null;
  if (screen.ofProject && !project) return <NoProject title={screen.title} />;
  const Component = screen.component;
  return <Component key={project?.path ?? ''} />;
}

function NoProject({ title }: { readonly title: string }) {
  return (
    <Page title={title}>
      <EmptyState
        icon={FolderOpen}
        title="No project is open"
        actions={
          <Button variant="primary" onPress={() => goTo('home')}>
            Go to Home
          </Button>
        }
      >
        Open a project first, or begin with the starter, which has prompts and a small model in it.
      </EmptyState>
    </Page>
  );
}
