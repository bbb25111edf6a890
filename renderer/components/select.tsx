import { Check, ChevronsUpDown } from 'lucide-react';
import {
  Button,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select as AriaSelect,
  SelectValue,
  Text,
} from 'react-aria-components';
import { classes } from './classes.ts';
import field from './field.module.css';
import styles from './popover.module.css';

interface SelectItem<Id extends string> {
  readonly id: Id;
  readonly label: string;
  readonly description?: string;
}

interface SelectProps<Id extends string> {
  readonly label: string;
  readonly hideLabel?: boolean;
  readonly items: readonly SelectItem<Id>[];
  readonly value: Id | null;
  readonly onChange: (id: Id) => void;
  readonly placeholder?: string;
  readonly isDisabled?: boolean;
}

/** One of a few, known beforehand. */
export function Select<Id extends string>(props: SelectProps<Id>) {
  const {
    label,
    hideLabel = false,
    items,
    value,
    onChange,
    placeholder = 'Choose…',
    isDisabled = false,
  } = props;
  return (
    <AriaSelect
      className={classes(field.field, hideLabel && field.hidden)}
      value={value}
      onChange={(key) => onChange(key as Id)}
      placeholder={placeholder}
      isDisabled={isDisabled}
    >
      <Label className={field.label}>{label}</Label>
      <Button className={styles.trigger!}>
        <SelectValue className={styles.value!}>
          {({ selectedText, defaultChildren }) => selectedText || defaultChildren}
        </SelectValue>
        <ChevronsUpDown size={13} aria-hidden />
      </Button>
      <Popover className={styles.popover!} offset={4}>
        <ListBox className={styles.list!} items={items}>
          {(item) => (
            <ListBoxItem className={styles.item!} id={item.id} textValue={item.label}>
              <span className={styles.words}>
                <Text slot="label">{item.label}</Text>
                {item.description && (
                  <Text slot="description" elementType="small">
                    {item.description}
                  </Text>
                )}
              </span>
              <Check size={14} className={styles.check} aria-hidden />
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
