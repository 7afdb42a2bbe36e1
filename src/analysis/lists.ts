/** The objects inside `List` and `PodList` too. */
export function* flatten(objects: readonly any[]): Iterable<any> {
  for (const object of objects) {
    if (object === undefined || object === null) continue;
    if (typeof object.kind === 'string' && object.kind.endsWith('List') && Array.isArray(object.items)) {
      const kind = object.kind.slice(0, -'List'.length);
      yield* flatten(kind === '' ? object.items
        : object.items.map((item: any) => item && !item.kind ? { apiVersion: object.apiVersion, kind, ...item } : item));
    } else {
      yield object;
    }
  }
}
