/** The connection of the desktop application's window: a port that the main process hands over. */
import { HOST_BRIDGE, PORT_ARRIVED, type HostBridge } from '../../core/contract/host-bridge.ts';
import type { Transport } from '../../core/contract/messages.ts';
import { portTransport } from '../../core/contract/transports.ts';

/** null in a browser. */
export const hostBridge: HostBridge | null =
  (globalThis as { readonly [HOST_BRIDGE]?: HostBridge })[HOST_BRIDGE] ?? null;

/** Resolves once the port is here. */
export function openPort(bridge: HostBridge): Promise<Transport> {
  return new Promise((resolve) => {
    const onMessage = ({ source, data, ports: [port] }: MessageEvent) => {
      if (source !== window || data !== PORT_ARRIVED || !port) return;
      window.removeEventListener('message', onMessage);
      resolve(portTransport(port));
    };
    window.addEventListener('message', onMessage);
    bridge.requestPort();
  });
}
