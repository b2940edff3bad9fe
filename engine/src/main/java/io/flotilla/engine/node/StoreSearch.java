package io.flotilla.engine.node;

import io.flotilla.codec.CodecException;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PlacementCodec;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementReply.Ranges;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.spi.Clock;
import io.flotilla.transport.request.RequestFailure;
import io.flotilla.transport.request.ResponseHandler;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// Asks the stores themselves which range has a key: whoever has a replica knows. For as long as
/// the placement driver does not, which has to be told of everything after each of its elections.
/// Thread-safe.
///
/// What a store says may be old; whoever goes there by it is corrected there.
final class StoreSearch {
  /// So many are asked at a time: few of a large fleet have the range, and each of a small one.
  private static final int WIDTH = 4;

  /// A store that is gone does not hold up the others for longer.
  private static final long ANSWER_NANOS_MAX = 300_000_000;

  private final AddressBook book;
  private final List<String> seeds;
  private final PlacementClient.Remote remote;
  private final Clock clock;
  private final AtomicInteger turn = new AtomicInteger();

  /// What comes of a search; one of the two is called, once, on any thread.
  interface Listener {
    void onFound(Ranges ranges);

    /// None of the stores that answered has it.
    void onNobody();
  }

  /// @param seeds addresses to ask if none is known
  StoreSearch(AddressBook book, List<String> seeds, PlacementClient.Remote remote, Clock clock) {
    this.book = book;
    this.seeds = List.copyOf(seeds);
    this.remote = remote;
    this.clock = clock;
  }

  /// Asks until somebody knows, all were asked, or `deadlineNanos` on the monotonic clock.
  void find(Key key, long deadlineNanos, Listener listener) {
    List<String> addresses = new ArrayList<>(book.all().values());
    if (addresses.isEmpty()) {
      addresses.addAll(seeds);
    }
    if (!addresses.isEmpty()) {
      // Each search begins with another one.
      Collections.rotate(addresses, turn.getAndIncrement() % addresses.size());
    }
    byte[] body = PlacementCodec.encode(new PlacementRequest.LookupRange(key));
    new Search(addresses, body, deadlineNanos, listener).next();
  }

  /// What a store has heard of others may be older than what is known here.
  private void learnMissing(Map<StoreId, String> addresses) {
    addresses.keySet().removeAll(book.all().keySet());
    if (!addresses.isEmpty()) {
      book.learn(addresses);
    }
  }

  /// One search, wave by wave. A wave is over when each who was asked has answered or failed to.
  private final class Search {
    private final List<String> addresses;
    private final byte[] body;
    private final long deadlineNanos;
    private final Listener listener;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger owing = new AtomicInteger();
    private int asked;

    Search(List<String> addresses, byte[] body, long deadlineNanos, Listener listener) {
      this.addresses = addresses;
      this.body = body;
      this.deadlineNanos = deadlineNanos;
      this.listener = listener;
    }

    void next() {
      long now = clock.nanos();
      int end = Math.min(asked + WIDTH, addresses.size());
      if (asked == end || now - deadlineNanos >= 0) {
        if (over.compareAndSet(false, true)) {
          listener.onNobody();
        }
        return;
      }
      List<String> wave = addresses.subList(asked, end);
      asked = end;
      owing.set(wave.size());
      long until = deadlineNanos - now < ANSWER_NANOS_MAX ? deadlineNanos : now + ANSWER_NANOS_MAX;
      wave.forEach(address -> remote.request(address, Services.LOCATE, body, until, new Asked()));
    }

    private void onAnswer() {
      if (owing.decrementAndGet() == 0 && !over.get()) {
        next();
      }
    }

    private final class Asked implements ResponseHandler {
      @Override
      public void onResponse(ByteBuffer bytes) {
        PlacementReply reply;
        try {
          reply = PlacementCodec.decodeReply(bytes);
        } catch (CodecException garbled) {
          onAnswer();
          return;
        }
        if (reply instanceof Ranges ranges && !ranges.ranges().isEmpty()) {
          if (over.compareAndSet(false, true)) {
            learnMissing(PlacementLookup.byStore(ranges.stores()));
            listener.onFound(ranges);
          }
        } else {
          onAnswer();
        }
      }

      @Override
      public void onFailure(RequestFailure failure) {
        onAnswer();
      }
    }
  }
}
