package io.flotilla.engine.route;

import io.flotilla.engine.EngineException;
import io.flotilla.engine.KeyRange;
import io.flotilla.engine.KeyValue;
import io.flotilla.engine.ScanOptions;
import io.flotilla.engine.ScanPage;
import io.flotilla.engine.Snapshot;
import io.flotilla.engine.mvcc.KvReply;
import io.flotilla.engine.mvcc.KvReply.Page;
import io.flotilla.engine.mvcc.KvRequest;
import io.flotilla.engine.mvcc.KvRequest.Scan;
import io.flotilla.engine.route.RoutedCall.Ask;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One page of a scan at one timestamp: range after range, until the page is full or the walk is at
/// its end.
///
/// Where it stands is a key, not a range: whatever the ranges become meanwhile, the next request
/// begins there, in whichever range has it by then. Taken on by one thread at a time.
final class ScanCall implements Ask {
  private final Router router;
  private final ScanOptions options;
  private final Timestamp at;
  private final long deadlineNanos;
  private final CompletableFuture<ScanPage> future = new CompletableFuture<>();
  private final List<KeyValue> entries = new ArrayList<>();
  private long bytes;
  private KeySpan rest;
  private KeySpan asked;

  ScanCall(Router router, KeySpan span, ScanOptions options, Timestamp at, long deadlineNanos) {
    this.router = router;
    this.options = options;
    this.at = at;
    this.deadlineNanos = deadlineNanos;
    this.rest = span;
    this.asked = span;
  }

  CompletableFuture<ScanPage> start() {
    next();
    return future;
  }

  private void next() {
    new RoutedCall(router, this, deadlineNanos).start();
  }

  @Override
  public Key position() {
    return options.reverse() ? rest.end() : rest.start();
  }

  @Override
  public boolean below() {
    return options.reverse();
  }

  @Override
  public KvRequest request(Route route) {
    asked = rest.intersect(route.descriptor().span()).orElse(rest);
    long wanted = options.limit() == 0 ? Integer.MAX_VALUE : options.limit() - entries.size();
    int limit = (int) Math.min(wanted, Integer.MAX_VALUE);
    int room = (int) Math.max(1, options.pageBytes() - bytes);
    return new Scan(Replies.target(route), asked, limit, room, options.reverse(), at);
  }

  @Override
  public void onReply(KvReply reply) {
    Page page;
    try {
      page = Replies.page(reply);
    } catch (EngineException e) {
      onFailure(e);
      return;
    }
    for (KeyValue entry : page.entries()) {
      entries.add(entry);
      bytes += entry.key().length + entry.value().length;
    }
    KeySpan left = leftAfter(page.resume());
    if (left == null || isFull()) {
      KeyRange remaining = left == null ? null : new KeyRange(left.start(), left.end());
      future.complete(new ScanPage(entries, new Snapshot(at), remaining));
    } else {
      rest = left;
      next();
    }
  }

  private boolean isFull() {
    return bytes >= options.pageBytes()
        || (options.limit() != 0 && entries.size() >= options.limit());
  }

  /// What of the whole is still to be walked; null: nothing.
  private @Nullable KeySpan leftAfter(@Nullable Key resume) {
    if (options.reverse()) {
      Key end = resume != null ? resume : asked.start();
      return end.compareTo(rest.start()) <= 0 ? null : new KeySpan(rest.start(), end);
    }
    Key start = resume != null ? resume : asked.end();
    if (resume == null && KeySpan.compareEnds(asked.end(), rest.end()) >= 0) {
      return null;
    }
    return new KeySpan(start, rest.end());
  }

  @Override
  public void onFailure(EngineException failure) {
    future.completeExceptionally(failure);
  }
}
