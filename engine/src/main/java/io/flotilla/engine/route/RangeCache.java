package io.flotilla.engine.route;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// What is known of ranges and their leaders, by key. Thread-safe; a lookup takes no lock.
///
/// The routes lie in a skip list by the first key of their spans, and do not overlap. A Caffeine
/// cache by range keeps their number bounded: what it evicts leaves the list. Nothing here needs to
/// be right: whoever asks the wrong store is told the right one, and tells us.
public final class RangeCache {
  private final ConcurrentNavigableMap<Key, Route> byStart = new ConcurrentSkipListMap<>();
  private final Cache<RangeId, Route> byRange;

  public RangeCache(long rangesMax) {
    this.byRange =
        Caffeine.newBuilder()
            .maximumSize(rangesMax)
            .executor(Runnable::run)
            .evictionListener(this::onEvicted)
            .build();
  }

  private void onEvicted(@Nullable RangeId range, @Nullable Route route, RemovalCause cause) {
    if (route != null) {
      byStart.remove(route.descriptor().span().start(), route);
    }
  }

  /// The route of the range that has `key`; null: not known.
  public @Nullable Route find(Key key) {
    Map.Entry<Key, Route> entry = byStart.floorEntry(key);
    if (entry == null || !entry.getValue().descriptor().span().contains(key)) {
      return null;
    }
    return used(entry.getValue());
  }

  /// The route of the range that has the keys just below `end`, where the empty key is the end of
  /// all.
  public @Nullable Route findBelow(Key end) {
    Map.Entry<Key, Route> entry = end.isEmpty() ? byStart.lastEntry() : byStart.lowerEntry(end);
    if (entry == null) {
      return null;
    }
    Key rangeEnd = entry.getValue().descriptor().span().end();
    return KeySpan.compareEnds(rangeEnd, end) < 0 ? null : used(entry.getValue());
  }

  private Route used(Route route) {
    Route _ = byRange.getIfPresent(route.descriptor().id()); // so that it is evicted late
    return route;
  }

  /// Takes in what somebody said, unless something newer is known: of two overlapping descriptors
  /// the one with the higher generation is the newer. A missing leader does not make a known one
  /// forgotten.
  public void learn(RangeDescriptor descriptor, @Nullable StoreId leader) {
    Route known = byStart.get(descriptor.span().start());
    if (known != null
        && known.descriptor().equals(descriptor)
        && (leader == null || leader.equals(known.leader()))) {
      return;
    }
    replace(descriptor, leader);
  }

  private synchronized void replace(RangeDescriptor descriptor, @Nullable StoreId leader) {
    Route sameRange = byRange.getIfPresent(descriptor.id());
    if (sameRange != null && sameRange.descriptor().generation() > descriptor.generation()) {
      if (leader != null && sameRange.descriptor().replicaOn(leader).isPresent()) {
        put(new Route(sameRange.descriptor(), leader));
      }
      return;
    }
    List<Route> overlapping = overlapping(descriptor.span());
    for (Route other : overlapping) {
      if (!other.descriptor().id().equals(descriptor.id())
          && other.descriptor().generation() > descriptor.generation()) {
        return;
      }
    }
    if (sameRange != null) {
      remove(sameRange);
    }
    overlapping.forEach(this::remove);
    put(new Route(descriptor, leader != null ? leader : leaderOf(sameRange, descriptor)));
  }

  private static @Nullable StoreId leaderOf(@Nullable Route earlier, RangeDescriptor descriptor) {
    StoreId leader = earlier == null ? null : earlier.leader();
    return leader != null && descriptor.replicaOn(leader).isPresent() ? leader : null;
  }

  private List<Route> overlapping(KeySpan span) {
    List<Route> found = new ArrayList<>(2);
    Route below = findBelowStart(span.start());
    if (below != null && below.descriptor().span().overlaps(span)) {
      found.add(below);
    }
    Map<Key, Route> within =
        span.isUnbounded()
            ? byStart.tailMap(span.start(), true)
            : byStart.subMap(span.start(), true, span.end(), false);
    found.addAll(within.values());
    return found;
  }

  private @Nullable Route findBelowStart(Key start) {
    Map.Entry<Key, Route> entry = byStart.lowerEntry(start);
    return entry == null ? null : entry.getValue();
  }

  private void put(Route route) {
    byStart.put(route.descriptor().span().start(), route);
    byRange.put(route.descriptor().id(), route);
  }

  private void remove(Route route) {
    byStart.remove(route.descriptor().span().start(), route);
    byRange.asMap().remove(route.descriptor().id(), route);
  }

  /// That store does not lead the route's range, as far as can be told.
  public synchronized void forgetLeader(Route route, StoreId store) {
    Route known = byRange.getIfPresent(route.descriptor().id());
    if (known != null && Objects.equals(known.leader(), store)) {
      put(new Route(known.descriptor(), null));
    }
  }

  /// The route led nowhere.
  public synchronized void forget(Route route) {
    Route known = byRange.getIfPresent(route.descriptor().id());
    if (known != null && known.descriptor().generation() <= route.descriptor().generation()) {
      remove(known);
    }
  }

  /// All that is known, in the order of keys.
  public List<Route> routes() {
    return List.copyOf(byStart.values());
  }
}
