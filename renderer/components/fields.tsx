import { ChevronDown, ChevronUp, Search, X } from 'lucide-react';
import type { ReactNode } from 'react';
import {
  Button,
  FieldError,
  Group,
  Input,
  Label,
  NumberField as AriaNumberField,
  SearchField as AriaSearchField,
  Text,
  TextArea as AriaTextArea,
  TextField as AriaTextField,
  type NumberFieldProps as AriaNumberFieldProps,
  type SearchFieldProps as AriaSearchFieldProps,
  type TextFieldProps as AriaTextFieldProps,
} from 'react-aria-components';
import { classes } from './classes.ts';
import styles from './field.module.css';

interface FieldProps {
  readonly label: string;
  /** Keeps the name for assistive technology alone. */
  readonly hideLabel?: boolean;
  readonly description?: ReactNode;
  /** What is wrong with the value; marks the field. */
  readonly errorMessage?: string | null | undefined;
  readonly placeholder?: string;
}

type Own = 'className' | 'style' | 'children' | 'isInvalid';

interface TextFieldProps extends FieldProps, Omit<AriaTextFieldProps, Own | keyof FieldProps> {}

export function TextField(props: TextFieldProps) {
  const { label, hideLabel, description, errorMessage, placeholder, ...rest } = props;
  return (
    <AriaTextField {...rest} isInvalid={Boolean(errorMessage)} className={fieldClass(hideLabel)}>
      <Label className={styles.label}>{label}</Label>
      <Input className={styles.input!} {...(placeholder && { placeholder })} />
      <Notes description={description} errorMessage={errorMessage} />
    </AriaTextField>
  );
}

interface TextAreaProps extends TextFieldProps {
  readonly rows?: number;
}

export function TextArea({ rows = 4, ...props }: TextAreaProps) {
  const { label, hideLabel, description, errorMessage, placeholder, ...rest } = props;
  return (
    <AriaTextField {...rest} isInvalid={Boolean(errorMessage)} className={fieldClass(hideLabel)}>
      <Label className={styles.label}>{label}</Label>
      <AriaTextArea className={styles.input!} rows={rows} {...(placeholder && { placeholder })} />
      <Notes description={description} errorMessage={errorMessage} />
    </AriaTextField>
  );
}

export interface NumberFieldProps extends FieldProps, Omit<AriaNumberFieldProps, Own | keyof FieldProps> {}

export function NumberField(props: NumberFieldProps) {
  const { label, hideLabel, description, errorMessage, placeholder, ...rest } = props;
  return (
    <AriaNumberField {...rest} isInvalid={Boolean(errorMessage)} className={fieldClass(hideLabel)}>
      <Label className={styles.label}>{label}</Label>
      <Group className={styles.group!}>
        <Input className={styles.input!} {...(placeholder && { placeholder })} />
        <div className={styles.steps}>
          <Button slot="increment" className={styles.step!}>
            <ChevronUp size={11} aria-hidden />
          </Button>
          <Button slot="decrement" className={styles.step!}>
            <ChevronDown size={11} aria-hidden />
          </Button>
        </div>
      </Group>
      <Notes description={description} errorMessage={errorMessage} />
    </AriaNumberField>
  );
}

interface SearchFieldProps extends Omit<AriaSearchFieldProps, Own | 'label'> {
  readonly label: string;
  readonly placeholder?: string;
}

/** Its label is for assistive technology; what is seen is the glass and the placeholder. */
export function SearchField({ label, placeholder = label, ...props }: SearchFieldProps) {
  return (
    <AriaSearchField {...props} aria-label={label} className={styles.field!}>
      <div className={styles.search}>
        <Search size={14} aria-hidden />
        <Input className={styles.input!} placeholder={placeholder} />
        <Button className={styles.clear!}>
          <X size={13} aria-hidden />
        </Button>
      </div>
    </AriaSearchField>
  );
}

const fieldClass = (hideLabel = false) => classes(styles.field, hideLabel && styles.hidden);

function Notes({ description, errorMessage }: Pick<FieldProps, 'description' | 'errorMessage'>) {
  return (
    <>
      {description && (
        <Text slot="description" className={styles.description}>
          {description}
        </Text>
      )}
      <FieldError className={styles.invalid!}>{errorMessage}</FieldError>
    </>
  );
}
