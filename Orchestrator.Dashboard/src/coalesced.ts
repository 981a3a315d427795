/** Work that is asked for often and done at most once at a time: what is asked for meanwhile is done once more, after a short rest. */
export function coalesced(work: () => Promise<void>, rest = 60): () => void {
  let running = false;
  let wanted = false;
  const run = async (): Promise<void> => {
    running = true;
    while (wanted) {
      wanted = false;
      await work();
      await new Promise(resolve => setTimeout(resolve, rest));
    }
    running = false;
  };
  return () => {
    wanted = true;
    if (!running) void run();
  };
}
