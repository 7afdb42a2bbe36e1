/** Sizes for containers that state none, and bounds for those that do. Keys are resources (`cpu`, `memory`), values quantities. */
export interface ContainerLimits {
  /**
   * Limits for containers that state none.
   *
   * @default - none
   */
  readonly defaultLimits?: Record<string, string>;
  /**
   * Requests for containers that state none.
   *
   * @default - none
   */
  readonly defaultRequests?: Record<string, string>;
  /**
   * The most a container may have.
   *
   * @default - no bound
   */
  readonly max?: Record<string, string>;
}

/** The same in the words of a LimitRange. */
export function limitsOf({ defaultLimits, defaultRequests, max }: ContainerLimits): object {
  return { type: 'Container', default: defaultLimits, defaultRequest: defaultRequests, max };
}
