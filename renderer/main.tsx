import './client/no-code-from-text.ts';
import { hostBridge } from './client/electron.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './theme/tokens.css';
import './theme/reset.css';
import { App } from './shell/app.tsx';
import { CrashScreen } from './shell/crash-screen.tsx';
import { handlerOf } from './shortcuts/commands.ts';
import { followKeys } from './shortcuts/dispatch.ts';
import { connect } from './stores/connection.ts';
import { followSession } from './stores/session.ts';
import { applyTheme, followAddress } from './stores/ui.ts';
import { followWork } from './stores/work.ts';

applyTheme();
followAddress();
followSession();
followWork();
followKeys();
hostBridge?.onCommand((id) => handlerOf(id)?.());
void connect();

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <CrashScreen>
      <App />
    </CrashScreen>
  </StrictMode>,
);
