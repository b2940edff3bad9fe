package io.flotilla.engine.route;

import io.flotilla.engine.EngineException;
import io.flotilla.engine.mvcc.KvReply;
import io.flotilla.engine.mvcc.KvRequest;
import io.flotilla.engine.mvcc.KvRequest.MultiGet;
import io.flotilla.engine.route.RoutedCall.Ask;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Many keys of one range, as they are now: one consistent view without a timestamp. If it turns
/// out that they are not of one range (any more), or are too much for one reply, it is done another
/// way.
final class OneRangeGet implements Ask {
  private final Router router;
  private final List<Key> keys;
  private final long deadlineNanos;
  private final Supplier<CompletableFuture<List<Optional<byte[]>>>> otherwise;
  private final CompletableFuture<List<Optional<byte[]>>> future = new CompletableFuture<>();

  OneRangeGet(
      Router router,
      List<Key> keys,
      long deadlineNanos,
      Supplier<CompletableFuture<List<Optional<byte[]>>>> otherwise) {
    this.router = router;
    this.keys = keys;
    this.deadlineNanos = deadlineNanos;
    this.otherwise = otherwise;
  }

  /// True if all keys are of one range, as far as is known.
  static boolean fits(Router router, List<Key> keys) {
    Route route = router.route(keys.getFirst(), false);
    return route != null && bytes(keys) <= MultiGetCall.KEY_BYTES_MAX && fits(route, keys);
  }

  private static long bytes(List<Key> keys) {
    return keys.stream().mapToLong(Key::length).sum();
  }

  private static boolean fits(Route route, List<Key> keys) {
    return keys.stream().allMatch(route.descriptor().span()::contains);
  }

  CompletableFuture<List<Optional<byte[]>>> start() {
    new RoutedCall(router, this, deadlineNanos).start();
    return future;
  }

  @Override
  public Key position() {
    return keys.getFirst();
  }

  @Override
  public @Nullable KvRequest request(Route route) {
    if (fits(route, keys)) {
      return new MultiGet(Replies.target(route), keys, Timestamp.MAX);
    }
    doOtherwise();
    return null;
  }

  private void doOtherwise() {
    otherwise
        .get()
        .whenComplete((values, failure) -> {
          if (failure != null) {
            future.completeExceptionally(failure);
          } else {
            future.complete(values);
          }
        });
  }

  @Override
  public void onReply(KvReply reply) {
    List<Optional<byte[]>> values = new ArrayList<>(keys.size());
    try {
      List<byte @Nullable []> found = Replies.values(reply);
      Replies.requireSome(keys.size(), found.size());
      if (found.size() < keys.size()) {
        // They do not fit into one reply, and what another one brings would be of another moment.
        doOtherwise();
        return;
      }
      found.forEach(value -> values.add(Optional.ofNullable(value)));
    } catch (EngineException e) {
      future.completeExceptionally(e);
      return;
    }
    future.complete(values);
  }

  @Override
  public void onFailure(EngineException failure) {
    future.completeExceptionally(failure);
  }
}
