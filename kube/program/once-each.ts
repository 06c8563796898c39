/** Tells each text once: an API server repeats its warnings at every write. The memory is bounded. */
export const onceEach = (tell: (text: string) => void): ((text: string) => void) => {
  const told = new Set<string>();
  return (text) => {
    if (told.size < 100 && !told.has(text)) tell(text);
    told.add(text);
  };
};
