/** All that the window is lent of the desktop: a port to the workbench, and the system's dialogs. */
import { contextBridge, ipcRenderer } from 'electron';
import { HOST_BRIDGE, PORT_ARRIVED, type HostBridge } from '../../core/contract/host-bridge.ts';
import { channels } from '../channels.ts';

const bridge: HostBridge = {
  requestPort: () => ipcRenderer.send(channels.requestPort),
  chooseFolder: () => ipcRenderer.invoke(channels.chooseFolder) as Promise<string | null>,
  chooseFile: (extensions) => ipcRenderer.invoke(channels.chooseFile, extensions) as Promise<string | null>,
  onCommand: (listener) => ipcRenderer.on(channels.command, (_event, id: string) => listener(id)),
};

// A port cannot pass the bridge; it can pass as a message of the window to itself.
ipcRenderer.on(channels.port, ({ ports }) =>
  window.postMessage(PORT_ARRIVED, window.location.origin, [...ports]),
);
contextBridge.exposeInMainWorld(HOST_BRIDGE, bridge);
