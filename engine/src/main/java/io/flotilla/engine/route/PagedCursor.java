package io.flotilla.engine.route;

import io.flotilla.engine.ClosedException;
import io.flotilla.engine.Cursor;
import io.flotilla.engine.KeyRange;
import io.flotilla.engine.KeyValue;
import io.flotilla.engine.ScanOptions;
import io.flotilla.engine.ScanPage;
import io.flotilla.engine.Snapshot;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Walks page after page; asks for the next one while the current one is read. Its snapshot is in
/// use until it is at its end or closed.
final class PagedCursor implements Cursor {
  private final ScanOptions options;
  private final SnapshotHolds.Use use;
  private final BiFunction<KeyRange, ScanOptions, Supplier<ScanPage>> fetch;
  private Iterator<KeyValue> entries = List.<KeyValue>of().iterator();
  private @Nullable Supplier<ScanPage> nextPage;
  private long delivered;
  private boolean closed;

  /// @param fetch asks for a page and gives what waits for it
  PagedCursor(
      KeyRange range,
      ScanOptions options,
      SnapshotHolds.Use use,
      BiFunction<KeyRange, ScanOptions, Supplier<ScanPage>> fetch) {
    this.options = options;
    this.use = use;
    this.fetch = fetch;
    this.nextPage = range.isEmpty() ? null : fetch.apply(range, options);
    endUseAtEnd();
  }

  private void endUseAtEnd() {
    if (nextPage == null) {
      use.close();
    }
  }

  @Override
  public Snapshot snapshot() {
    return use.snapshot();
  }

  @Override
  public boolean hasNext() {
    if (closed) {
      throw new ClosedException("the cursor is closed");
    }
    while (!entries.hasNext() && nextPage != null) {
      use.requireKept();
      ScanPage page = nextPage.get();
      nextPage = null;
      entries = page.entries().iterator();
      delivered += page.entries().size();
      fetchAfter(page);
    }
    return entries.hasNext();
  }

  private void fetchAfter(ScanPage page) {
    KeyRange rest = page.rest();
    if (rest != null && options.limit() == 0) {
      nextPage = fetch.apply(rest, options);
    } else if (rest != null && delivered < options.limit()) {
      nextPage = fetch.apply(rest, options.withLimit(options.limit() - delivered));
    }
    endUseAtEnd();
  }

  @Override
  public KeyValue next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the scan is at its end");
    }
    return entries.next();
  }

  @Override
  public void close() {
    closed = true;
    nextPage = null;
    entries = List.<KeyValue>of().iterator();
    use.close();
  }
}
