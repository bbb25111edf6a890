import { ChevronRight } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Button, Disclosure as AriaDisclosure, DisclosurePanel, Heading } from 'react-aria-components';
import styles from './settings-editor.module.css';

interface DisclosureProps {
  readonly title: string;
  /** Something in it has to be seen. */
  readonly isForced: boolean;
  readonly children: ReactNode;
}

/** What is folded until it is wanted. */
export function Disclosure({ title, isForced, children }: DisclosureProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <AriaDisclosure className={styles.group!} isExpanded={isOpen || isForced} onExpandedChange={setOpen}>
      <Heading level={3}>
        <Button slot="trigger" className={styles.fold!}>
          <ChevronRight size={14} aria-hidden />
          {title}
        </Button>
      </Heading>
      <DisclosurePanel>{children}</DisclosurePanel>
    </AriaDisclosure>
  );
}
