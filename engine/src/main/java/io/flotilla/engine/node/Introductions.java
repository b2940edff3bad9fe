package io.flotilla.engine.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.Clock;
import io.flotilla.spi.EventLoop;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.request.RequestContext;
import io.flotilla.transport.request.RequestFailure;
import io.flotilla.transport.request.ResponseHandler;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Tells every node that may be of the fleet where this one listens, and hears the same, until this
/// store is registered; after that the placement driver says it.
///
/// The placement driver cannot say it earlier: it needs a quorum, and the nodes of a fleet that
/// comes back as a whole on other ports do not find each other without this.
///
/// A registered store goes on slowly, with one node at a time: one that was away while all others
/// moved may be back where it was, and knows nobody's address.
final class Introductions {
  /*
   * Requests and answers are lines of text: cluster, store, address of whoever speaks; in an answer
   * the addresses that it knows follow. (The connection may be older than the caller's id, so the
   * handshake does not say who it is.) Only what a node says of itself is taken over, and only as a
   * hint, for the lanes check ids again; the other addresses, which may be old, are asked in the
   * next round.
   */
  private static final long ROUND_NANOS = 500_000_000;
  private static final long SLOW_ROUND_NANOS = 3_000_000_000L;
  private static final long ANSWER_NANOS_MAX = 2_000_000_000L;
  private static final int ADDRESSES_MAX = 1000;
  private static final int HEAD_LINES = 3;

  private final Self self;
  private final AddressBook book;
  private final PlacementClient.Remote remote;
  private final EventLoop loop;
  private final Clock clock;
  private final Set<String> candidates = new TreeSet<>();
  private @Nullable StoreId lastMet;
  private boolean registered;
  private boolean ended;

  /// Who this node is, and where it listens.
  record Self(String cluster, StoreId store, String address) {
    String lines() {
      return cluster + '\n' + store + '\n' + address + '\n';
    }

    /// @throws IllegalArgumentException if the lines do not begin with those of [#lines]
    static Self parse(List<String> lines) {
      if (lines.size() < HEAD_LINES) {
        throw new IllegalArgumentException("not an introduction");
      }
      String address = HostPort.parse(lines.get(2)).toString();
      return new Self(lines.getFirst(), new StoreId(Long.parseLong(lines.get(1))), address);
    }
  }

  /// @param seeds addresses to try beside those in `book`
  Introductions(
      Self self,
      List<String> seeds,
      AddressBook book,
      PlacementClient.Remote remote,
      EventLoop loop,
      Clock clock) {
    this.self = self;
    this.book = book;
    this.remote = remote;
    this.loop = loop;
    this.clock = clock;
    candidates.addAll(seeds);
  }

  /// Begins a round, and the next one after it; on the loop.
  void begin() {
    if (ended) {
      return;
    }
    if (registered) {
      meetNext();
      loop.schedule(SLOW_ROUND_NANOS, this::begin);
      return;
    }
    candidates.addAll(book.all().values());
    candidates.remove(self.address());
    candidates.forEach(this::introduceTo);
    loop.schedule(ROUND_NANOS, this::begin);
  }

  /// The store behind the one that was met last, in the order of ids.
  private void meetNext() {
    TreeMap<StoreId, String> others = new TreeMap<>(book.all());
    others.remove(self.store());
    Map.Entry<StoreId, String> next = lastMet == null ? null : others.higherEntry(lastMet);
    if (next == null) {
      next = others.firstEntry();
    }
    if (next != null) {
      lastMet = next.getKey();
      introduceTo(next.getValue());
    }
  }

  private void introduceTo(String address) {
    byte[] body = self.lines().getBytes(UTF_8);
    long until = clock.nanos() + ANSWER_NANOS_MAX;
    remote.request(address, Services.HERE_I_AM, body, until, new Answer(address));
  }

  /// The placement driver knows this store: from now on slowly. On the loop.
  void onRegistered() {
    registered = true;
    candidates.clear();
  }

  /// On the loop.
  void end() {
    ended = true;
  }

  /// What another node asks in its rounds. Callable from any thread.
  void serve(RequestContext context, ByteBuffer body) {
    Self caller;
    try {
      caller = Self.parse(linesOf(body));
    } catch (IllegalArgumentException garbled) {
      context.refuse("the introduction does not parse: " + garbled.getMessage());
      return;
    }
    if (!caller.cluster().equals(self.cluster())) {
      context.refuse("this is cluster " + self.cluster() + ", not " + caller.cluster());
      return;
    }
    loop.execute(() -> book.learn(Map.of(caller.store(), caller.address())));
    StringBuilder answer = new StringBuilder(self.lines());
    book.all().values().forEach(known -> answer.append(known).append('\n'));
    context.respond(answer.toString().getBytes(UTF_8));
  }

  private static List<String> linesOf(ByteBuffer body) {
    return UTF_8.decode(body).toString().lines().toList();
  }

  /// The address is the one that was called: a node may not know how it looks from outside.
  private void onAnswer(String address, List<String> lines) {
    if (ended || registered) {
      return; // what the placement driver says counts
    }
    try {
      Self other = Self.parse(lines);
      if (other.cluster().equals(self.cluster()) && !other.store().equals(self.store())) {
        book.learn(Map.of(other.store(), address));
        for (String known : lines.subList(HEAD_LINES, lines.size())) {
          if (candidates.size() < ADDRESSES_MAX) {
            candidates.add(HostPort.parse(known).toString());
          }
        }
      }
    } catch (IllegalArgumentException garbled) {
      candidates.remove(address);
    }
  }

  private final class Answer implements ResponseHandler {
    private final String address;

    Answer(String address) {
      this.address = address;
    }

    @Override
    public void onResponse(ByteBuffer body) {
      List<String> lines = linesOf(body);
      loop.execute(() -> onAnswer(address, lines));
    }

    /// The next round tries again.
    @Override
    public void onFailure(RequestFailure failure) {}
  }
}
