// A dialog of the browser's own: it keeps the focus within, closes by Escape, and gives the focus back.

import { type ReactNode, useLayoutEffect, useRef } from 'react';

/** What a Modal takes. */
export interface ModalProps {
  readonly className: string;
  /** The id of its title. */
  readonly labelledBy: string;
  /** Told when it was closed: by Escape, by `close`, or by a press beside it. */
  readonly onClosed: () => void;
  readonly children: (close: () => void) => ReactNode;
}

/** Open as long as it is mounted. */
export function Modal({ className, labelledBy, onClosed, children }: ModalProps) {
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    // Closed before it is taken away, or the focus would be nobody's.
    return () => dialog?.close();
  }, []);
  const close = () => ref.current?.close();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the browser's own.
    <dialog
      ref={ref}
      className={className}
      aria-labelledby={labelledBy}
      onClose={onClosed}
      onClick={(event) => {
        if (event.target === ref.current) close();
      }}
    >
      {children(close)}
    </dialog>
  );
}
