/**
 * Errors a person can act on. The message is one sentence that names what is wrong, with the offending
 * name, value or shape, and what to do; hosts print it alone, without a stack.
 */
export abstract class WorkbenchError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A graph was built from tensors whose types do not fit: names the op and the offending shapes. */
export class GraphError extends WorkbenchError {}

/** A device, a program or its resident state cannot be used as asked. */
export class EngineError extends WorkbenchError {}

/** A device or its driver is gone: what was resident on it is lost, and the process cannot use it again. */
export class DeviceLost extends EngineError {}

/** A device, or the memory of the computer, has no room for what a program needs. */
export class OutOfMemory extends EngineError {}

/** A model folder cannot be read: names the file and the tensor or field. */
export class ModelError extends WorkbenchError {}

/** A data file cannot be read: names the file and the line. */
export class DataError extends WorkbenchError {}

/** A project, or something it should hold, cannot be used as asked: names it and what to do. */
export class ProjectError extends WorkbenchError {}

/** A setting is outside its range: names the field, the value and the allowed range. */
export class ConfigurationError extends WorkbenchError {}

/** Training cannot go on: names the step and the metric. */
export class TrainingError extends WorkbenchError {}

/** Work was asked to stop and did so between two steps. */
export class Cancelled extends WorkbenchError {
  constructor() {
    super('stopped as asked');
  }
}
