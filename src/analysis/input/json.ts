/** The value of a text that is JSON. @returns undefined for any other text, and for one that names a key twice: YAML is read with the line of what is wrong */
export function readJson(text: string): { readonly value: unknown } | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return keysNamed(text) === keysHeld(value) ? { value } : undefined;
  } catch {
    return undefined;
  }
}

const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"\s*(:?)/g;

function keysNamed(text: string): number {
  let count = 0;
  for (const [, colon] of text.matchAll(STRING)) if (colon !== '') count++;
  return count;
}

function keysHeld(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + keysHeld(item), 0);
  return Object.values(value).reduce((sum: number, item) => sum + keysHeld(item) + 1, 0);
}
