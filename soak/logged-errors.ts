// The errors that the functions wrote into their log, which the process prints: one JSON object a line.

/** How often each class of error is in what was printed. */
export function loggedErrors(output: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of output.split('\n')) {
    const name = errorNameOf(line);
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function errorNameOf(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { level, error } = JSON.parse(line) as { level?: string; error?: { name?: string } };
    return level === 'ERROR' ? (error?.name ?? 'without a name') : undefined;
  } catch {
    // A line that the kill cut off.
    return undefined;
  }
}
