/*
 * One thing at a time that somebody asked for and waits for: `of` is busy while it runs, and has the error where it failed. `changed` tells
 * who shows it.
 */
export async function attempt(of, changed, action) {
  of.isBusy = true;
  of.error = null;
  changed();
  try {
    await action();
  } catch (error) {
    of.error = error;
  } finally {
    of.isBusy = false;
    changed();
  }
}
