import { request } from '../graphql.ts';
import { SCREENS, STOP_SCREEN } from '../operations.ts';
import { h } from '../ui/dom.ts';

/**
 * Buttons that stop what the account plays elsewhere, for who may play on no further screen; `play` begins once one is stopped,
 * unless its page was left meanwhile.
 * Empty where that cannot be found out.
 */
export async function stopButtons(play: () => void, fail: (error: Error) => void): Promise<HTMLElement[]> {
  const { concurrency } = await request(SCREENS, {}, { isPartial: true }).catch(() => ({
    concurrency: { activeSessions: [] },
  }));
  return concurrency.activeSessions.map(({ id, startedAt, file }) => {
    const begun = new Date(startedAt).toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' });
    const button = h(
      'button',
      {
        class: 'button',
        type: 'button',
        onclick() {
          button.disabled = true;
          request(STOP_SCREEN, { sessionId: id }).then(() => {
            if (button.isConnected) play();
          }, fail);
        },
      },
      `Stop ${file ? `“${file.title.name}”` : 'the film'}, begun at ${begun}`,
    );
    return button;
  });
}
