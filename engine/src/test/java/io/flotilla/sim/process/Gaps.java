package io.flotilla.sim.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineException;
import io.flotilla.engine.OutcomeUnknownException;
import io.flotilla.sim.history.History;
import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// Clients, each with an engine of its own, that put and get some keys and note how long they
/// waited for their next success at most.
final class Gaps {
  private final List<String> keys;
  private final int pauseMillis;
  private final List<Thread> threads = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();
  private final History history = new History();
  private final LongAdder answered = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder unknown = new LongAdder();
  private volatile boolean ending;

  /// One for each engine; each puts a key of its own and gets them all.
  ///
  /// @param pauseMillis of each client after each call
  Gaps(List<Engine> engines, List<String> keys, long seed, int pauseMillis) {
    this.keys = List.copyOf(keys);
    this.pauseMillis = pauseMillis;
    for (int i = 0; i < engines.size(); i++) {
      RandomSource random = new RandomSource(seed).fork("client " + i);
      clients.add(new Client("c" + i, keys.get(i % keys.size()), engines.get(i), random));
    }
  }

  /// What one client saw.
  ///
  /// @param nanos its longest wait between two successes, or since the last one
  /// @param until when that ended, or the client did
  record Gap(String client, String key, long nanos, long until) {}

  void begin() {
    for (Client client : clients) {
      threads.add(Thread.ofPlatform().start(client));
    }
  }

  /// How many calls there were.
  ///
  /// @param unknown puts that may have been done
  record Calls(long answered, long failed, long unknown) {
    @Override
    public String toString() {
      return answered + " calls answered, " + failed + " failed, " + unknown + " unknown";
    }
  }

  /// Forgets how long anybody waited so far, and the calls.
  void forget() {
    clients.forEach(Client::forget);
    answered.reset();
    failed.reset();
    unknown.reset();
  }

  /// Returns the longest wait of each client once all have ended.
  List<Gap> end() throws InterruptedException {
    ending = true;
    for (Thread thread : threads) {
      thread.join();
    }
    return clients.stream().map(Client::gap).toList();
  }

  /// Those since [#forget].
  Calls calls() {
    return new Calls(answered.sum(), failed.sum(), unknown.sum());
  }

  History history() {
    return history;
  }

  private final class Client implements Runnable {
    private final String name;
    private final String own;
    private final Engine engine;
    private final RandomSource random;
    private int number;
    private long last = System.nanoTime();
    private Gap longest;

    Client(String name, String own, Engine engine, RandomSource random) {
      this.name = name;
      this.own = own;
      this.engine = engine;
      this.random = random;
      this.longest = new Gap(name, own, 0, last);
    }

    synchronized void forget() {
      longest = new Gap(name, own, 0, last);
    }

    synchronized Gap gap() {
      return longest;
    }

    private void succeeded(String key) {
      answered.increment();
      waited(key);
    }

    private synchronized void waited(String key) {
      long now = System.nanoTime();
      if (now - last > longest.nanos()) {
        longest = new Gap(name, key, now - last, now);
      }
      last = now;
    }

    @Override
    public void run() {
      while (!ending) {
        if (random.oneIn(2)) {
          put();
        } else {
          get(keys.get(random.nextInt(keys.size())));
        }
        LockSupport.parkNanos(pauseMillis * 1_000_000L);
      }
      // If its last calls failed, it still waits.
      waited(own);
    }

    private void put() {
      String value = name + "-" + ++number;
      History.Pending pending = history.put(name, own, value);
      try {
        engine.put(own.getBytes(UTF_8), value.getBytes(UTF_8));
        pending.done();
        succeeded(own);
      } catch (OutcomeUnknownException open) {
        unknown.increment();
        pending.unknown();
      } catch (EngineException refused) {
        failed.increment();
        pending.refused();
      }
    }

    private void get(String key) {
      History.Pending pending = history.get(name, key);
      try {
        pending.found(
            engine.get(key.getBytes(UTF_8)).map(bytes -> new String(bytes, UTF_8)).orElse(null));
        succeeded(key);
      } catch (EngineException error) {
        // It stays without an answer.
        failed.increment();
      }
    }
  }
}
