/* Server-sent events with reconnecting. The browser reconnects by itself after a broken line; when it
 * gives up (the daemon refused), we try again, slower each time. onConnection(connected, isRefused). */

const NAMES = ['hello', 'changed', 'progress', 'job', 'devices', 'lease', 'button', 'alarms', 'transfer', 'power', 'reconcile'];
const RETRY_MIN_MS = 1000;
const RETRY_MAX_MS = 15000;

export function follow(path, onEvent, onConnection) {
  let retryMs = RETRY_MIN_MS;

  function open() {
    const source = new EventSource(path);
    source.addEventListener('open', () => {
      retryMs = RETRY_MIN_MS;
      onConnection(true);
    });
    source.addEventListener('error', () => {
      const isRefused = source.readyState === EventSource.CLOSED;
      onConnection(false, isRefused);
      if (!isRefused)
        return;
      setTimeout(open, retryMs);
      retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
    });
    for (const name of NAMES)
      source.addEventListener(name, (event) => onEvent(name, parse(event.data)));
  }

  open();
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
