interface Disposable {
  dispose(): void | Promise<void>;
}

/**
 * What a block has put on the device. Declared with `await using`, it disposes of everything kept, last first,
 * however the block ends: a long-lived engine must not fill up with what stopped runs leave behind.
 */
export class Resources extends AsyncDisposableStack {
  keep<R extends Disposable>(resource: R): R {
    this.defer(() => resource.dispose());
    return resource;
  }
}
