package io.flotilla.engine.route;

import io.flotilla.engine.EngineException;
import io.flotilla.engine.mvcc.KvReply;
import io.flotilla.engine.mvcc.KvRequest;
import io.flotilla.engine.mvcc.KvRequest.MultiGet;
import io.flotilla.engine.route.RoutedCall.Ask;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.Timestamp;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Many keys at one timestamp: one request for each range, all at once. What a range turns out not
/// to have any more goes to the ranges that do.
final class MultiGetCall {
  /// About the most bytes of keys in one request.
  static final int KEY_BYTES_MAX = 256 << 10;

  private static final int KEY_OVERHEAD_BYTES = 8;

  private final Router router;
  private final List<Key> keys;
  private final Timestamp at;
  private final long deadlineNanos;
  private final AtomicReferenceArray<Optional<byte[]>> values;
  private final AtomicInteger missing;
  private final CompletableFuture<List<Optional<byte[]>>> future = new CompletableFuture<>();

  MultiGetCall(Router router, List<Key> keys, Timestamp at, long deadlineNanos) {
    this.router = router;
    this.keys = keys;
    this.at = at;
    this.deadlineNanos = deadlineNanos;
    this.values = new AtomicReferenceArray<>(keys.size());
    this.missing = new AtomicInteger(keys.size());
  }

  CompletableFuture<List<Optional<byte[]>>> start() {
    List<Integer> all = new ArrayList<>(keys.size());
    for (int slot = 0; slot < keys.size(); slot++) {
      all.add(slot);
    }
    if (all.isEmpty()) {
      future.complete(List.of());
    } else {
      dispatch(all);
    }
    return future;
  }

  /// Slots of keys without a route go together, to wherever the first of them belongs.
  private void dispatch(List<Integer> slots) {
    Map<Optional<RangeId>, List<Integer>> byRange = new LinkedHashMap<>();
    for (int slot : slots) {
      Route route = router.route(keys.get(slot), false);
      Optional<RangeId> range = Optional.ofNullable(route).map(known -> known.descriptor().id());
      byRange.computeIfAbsent(range, _ -> new ArrayList<>()).add(slot);
    }
    byRange.values().forEach(part -> new RoutedCall(router, new Part(part), deadlineNanos).start());
  }

  private final class Part implements Ask {
    private final List<Integer> slots;
    private List<Integer> asked = List.of();

    Part(List<Integer> slots) {
      this.slots = slots;
    }

    @Override
    public Key position() {
      return keys.get(slots.getFirst());
    }

    @Override
    public KvRequest request(Route route) {
      asked = askable(route.descriptor().span());
      return new MultiGet(Replies.target(route), asked.stream().map(keys::get).toList(), at);
    }

    /// Those of the range, as far as they fit into a request.
    private List<Integer> askable(KeySpan span) {
      List<Integer> chosen = new ArrayList<>();
      long bytes = 0;
      for (int slot : slots) {
        Key key = keys.get(slot);
        if (span.contains(key) && (chosen.isEmpty() || bytes + key.length() <= KEY_BYTES_MAX)) {
          chosen.add(slot);
          bytes += KEY_OVERHEAD_BYTES + key.length();
        }
      }
      return chosen;
    }

    /// The store gives the values of the first keys, as many as fit into a reply.
    @Override
    public void onReply(KvReply reply) {
      List<byte @Nullable []> found;
      try {
        found = Replies.values(reply);
        Replies.requireSome(asked.size(), found.size());
      } catch (EngineException e) {
        onFailure(e);
        return;
      }
      for (int i = 0; i < found.size(); i++) {
        values.set(asked.get(i), Optional.ofNullable(found.get(i)));
      }
      if (found.size() < slots.size()) {
        Set<Integer> answered = new HashSet<>(asked.subList(0, found.size()));
        dispatch(slots.stream().filter(slot -> !answered.contains(slot)).toList());
      }
      if (missing.addAndGet(-found.size()) == 0) {
        finish();
      }
    }

    @Override
    public void onFailure(EngineException failure) {
      future.completeExceptionally(failure);
    }
  }

  private void finish() {
    List<Optional<byte[]>> result = new ArrayList<>(keys.size());
    for (int slot = 0; slot < keys.size(); slot++) {
      result.add(values.get(slot));
    }
    future.complete(result);
  }
}
