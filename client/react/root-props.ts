// What the root elements of the components take besides their own props.

import type { ComponentProps, CSSProperties } from 'react';

/** Everything that a `<span>` takes, but for what is the component's own; `style` takes custom properties, too. */
export interface RootProps extends Omit<ComponentProps<'span'>, 'children' | 'role' | 'style'> {
  readonly style?: (CSSProperties & Readonly<Record<`--${string}`, string | number>>) | undefined;
}
