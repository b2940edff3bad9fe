package io.flotilla.transport.request;

import io.netty.util.collection.LongObjectHashMap;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Requests that were written and have no answer yet, by id. Their deadlines are looked after by
/// one sweep at the earliest of them, and not more often than every few milliseconds: most requests
/// are answered long before, so a timer for each would be waste. Confined to the connection's loop.
final class InFlight {
  /// Deadlines are kept this precisely.
  static final long SWEEP_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(5);

  private final LongObjectHashMap<PendingRequest> requests = new LongObjectHashMap<>();
  private long nextId;

  /// Takes a request in and returns its id.
  long add(PendingRequest request) {
    long id = nextId++;
    requests.put(id, request);
    return id;
  }

  /// The id that the next request will get: all before have lower ones.
  long nextId() {
    return nextId;
  }

  @Nullable PendingRequest remove(long id) {
    return requests.remove(id);
  }

  boolean isEmpty() {
    return requests.isEmpty();
  }

  /// Takes out the requests with ids from `from` up to and without `to`, in the order of their ids.
  List<PendingRequest> drain(long from, long to) {
    List<Long> ids = new ArrayList<>();
    for (var entry : requests.entries()) {
      if (entry.key() >= from && entry.key() < to) {
        ids.add(entry.key());
      }
    }
    ids.sort(null);
    return ids.stream().map(requests::remove).toList();
  }

  /// Takes out what is past its deadline.
  List<PendingRequest> expire(long now) {
    List<PendingRequest> expired = new ArrayList<>();
    var entries = requests.entries().iterator();
    while (entries.hasNext()) {
      PendingRequest request = entries.next().value();
      if (request.isExpired(now)) {
        expired.add(request);
        entries.remove();
      }
    }
    return expired;
  }

  /// How long the next sweep may wait, in nanoseconds.
  long nanosToNextSweep(long now) {
    long least = Long.MAX_VALUE;
    for (var entry : requests.entries()) {
      least = Math.min(least, entry.value().deadlineNanos - now);
    }
    return Math.max(least, SWEEP_NANOS_MIN);
  }
}
