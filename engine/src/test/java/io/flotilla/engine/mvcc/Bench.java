package io.flotilla.engine.mvcc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.engine.KeyValue;
import io.flotilla.engine.mvcc.KvRequest.Target;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.raft.EntryId;
import io.flotilla.replica.RangeMachine;
import io.flotilla.sim.SimLayout;
import io.flotilla.sim.SimStateStorage;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.StateStorage.RangeUpdate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One range on a work bench: the real machine, everything around it in the test's hand.
final class Bench {
  static final long START = Timestamp.atMillis(1_000_000).value();

  final ManualLoop loop = new ManualLoop();
  final ManualLoop disk = new ManualLoop();
  final SimStateStorage state = new SimStateStorage(SimLayout.PLAIN, new RandomSource(1));
  final ManualTimestamps oracle = new ManualTimestamps(START);
  final FakeRoom room = new FakeRoom();
  final FakeRange range;
  final KvEnvironment environment;
  final RangeMachine machine;

  /// Whoever asks has given up.
  boolean late;

  /// A request's way through the machine.
  static final class Answer {
    final List<KvReply> replies = new ArrayList<>();

    /// The reply for people; "-" while there is none.
    @Override
    public String toString() {
      return replies.isEmpty()
          ? "-"
          : replies.stream().map(Bench::text).collect(Collectors.joining(" and "));
    }
  }

  Bench() {
    this(KvOptions.DEFAULT);
  }

  Bench(KvOptions options) {
    RangeDescriptor descriptor = FakeRange.descriptor(2, "", "", 3);
    range = new FakeRange(loop, state, descriptor);
    ReadPool pool = new ReadPool(loop, List.of(disk), 4);
    environment =
        new KvEnvironment(
            loop, state, pool, new TimestampBatcher(loop, oracle, 1000), room, options);
    state.apply(
        List.of(
            new RangeUpdate(descriptor.id(), new EntryId(1, 10), descriptor, List.of(), false)));
    machine = new KvMachines(environment).create(new RangeId(2), range);
    machine.onLeadership(1);
  }

  static Target target() {
    return new Target(new RangeId(2), 3);
  }

  /// The machine rests whenever it may, unless a test wants one that never does: it must make no
  /// difference.
  boolean rests = true;

  Answer serve(KvRequest request) {
    Answer answer = new Answer();
    if (rests) {
      machine.rest();
    }
    machine.serve(new KvCall(request, answer.replies::add, () -> late));
    return answer;
  }

  Answer get(String key) {
    return serve(new KvRequest.Get(target(), key(key), Timestamp.MAX));
  }

  Answer indexGet(String key, boolean anyReplica) {
    return serve(new KvRequest.IndexGet(target(), key(key), anyReplica));
  }

  Answer get(String key, long at) {
    return serve(new KvRequest.Get(target(), key(key), new Timestamp(at)));
  }

  Answer multiGet(long at, String... keys) {
    List<Key> wanted = java.util.Arrays.stream(keys).map(Bench::key).toList();
    return serve(new KvRequest.MultiGet(target(), wanted, new Timestamp(at)));
  }

  Answer scan(String from, String to, long at) {
    return scan(from, to, at, 100, false);
  }

  Answer scan(String from, String to, long at, int limit, boolean reverse) {
    KeySpan span = new KeySpan(key(from), key(to));
    return serve(new KvRequest.Scan(target(), span, limit, 1 << 20, reverse, new Timestamp(at)));
  }

  Answer put(String key, String value) {
    return serve(new KvRequest.Put(target(), key(key), bytes(value)));
  }

  Answer delete(String key) {
    return serve(new KvRequest.Delete(target(), key(key)));
  }

  Answer cas(String key, @Nullable String expected, @Nullable String update) {
    return serve(
        new KvRequest.CompareAndSet(target(), key(key), bytesOf(expected), bytesOf(update)));
  }

  /// The oracle's answer comes, and what waited for it goes on.
  void draw() {
    loop.run();
    oracle.answer();
    loop.run();
  }

  /// Everything goes on until nothing is left to do.
  void settle() {
    boolean busy = true;
    while (busy) {
      loop.run();
      disk.run();
      loop.run();
      busy = false;
      while (oracle.pending() > 0) {
        oracle.answer();
        busy = true;
      }
      while (range.proposals() > 0 || range.untold() > 0) {
        range.applyNext();
        busy = true;
      }
      while (range.barriers() > 0) {
        range.passBarrier();
        busy = true;
      }
    }
  }

  /// The disk answers.
  void read() {
    disk.run();
    loop.run();
  }

  /// A moment to read at, as a client gets it.
  long now() {
    return oracle.drawNow();
  }

  static Key key(String text) {
    return FakeRange.key(text);
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  static byte @Nullable [] bytesOf(@Nullable String text) {
    return text == null ? null : bytes(text);
  }

  static String text(byte @Nullable [] value) {
    return value == null ? "none" : new String(value, UTF_8);
  }

  static String text(KvReply reply) {
    return switch (reply) {
      case KvReply.Value(var value) -> text(value);
      case KvReply.Values(var values) -> values.stream().map(Bench::text).toList().toString();
      case KvReply.Page(var entries, var resume) ->
          entries.stream().map(Bench::text).toList() + (resume == null ? "" : " then " + resume);
      case KvReply.Done _ -> "done";
      case KvReply.Swapped(var swapped) -> swapped ? "swapped" : "not swapped";
      case KvReply.Refused(var refusal) -> "refused: " + refusal.getClass().getSimpleName();
      case KvReply.TooOld _ -> "too old";
      case KvReply.MultiRange _ -> "multi range";
      case KvReply.Rejected(var reason) -> "rejected: " + reason;
      case KvReply.Unknown _ -> "unknown";
    };
  }

  private static String text(KeyValue entry) {
    return text(entry.key()) + "=" + text(entry.value());
  }
}
