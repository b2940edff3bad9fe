package io.flotilla.engine.node;

import io.flotilla.spi.EventLoop;
import io.flotilla.transport.loop.NettyEventLoops;
import io.flotilla.transport.loop.PlainEventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// All threads of a node: store loops on Netty's I/O threads, and one thread for each stage that
/// blocks.
final class NodeThreads implements AutoCloseable {
  private static final int READERS = 2;

  private final NettyEventLoops netty;
  private final List<EventLoop> storeLoops = new ArrayList<>();
  private final PlainEventLoop log;
  private final PlainEventLoop apply;
  private final List<PlainEventLoop> readers = new ArrayList<>();
  private final PlainEventLoop bulk;
  private final PlainEventLoop control;
  private final PlainEventLoop disk;
  private final PlainEventLoop reclaim;

  /// @param loops store loops; 0: half the processors, at least one, which leaves the other half to
  ///   the log writer, the applier and the machine's other work
  /// @param onFailure is told what tasks throw
  NodeThreads(int loops, Consumer<Throwable> onFailure) {
    int processors = Runtime.getRuntime().availableProcessors();
    this.netty =
        new NettyEventLoops(
            loops > 0 ? loops : Math.max(1, processors / 2), "flotilla-loop", onFailure);
    for (int i = 0; i < netty.count(); i++) {
      storeLoops.add(netty.get(i));
    }
    this.log = new PlainEventLoop("flotilla-log", onFailure);
    this.apply = new PlainEventLoop("flotilla-apply", onFailure);
    for (int i = 0; i < READERS; i++) {
      readers.add(new PlainEventLoop("flotilla-read-" + i, onFailure));
    }
    this.bulk = new PlainEventLoop("flotilla-bulk", onFailure);
    this.control = new PlainEventLoop("flotilla-control", onFailure);
    this.disk = new PlainEventLoop("flotilla-disk", onFailure);
    this.reclaim = new PlainEventLoop("flotilla-reclaim", onFailure);
  }

  NettyEventLoops netty() {
    return netty;
  }

  /// Reports, retries, and whatever else is rare.
  EventLoop control() {
    return control;
  }

  NodeLoops loops() {
    return new NodeLoops(storeLoops, log, apply, List.copyOf(readers), bulk, control);
  }

  /// Looks at the free space; must not wait for what may take long.
  EventLoop disk() {
    return disk;
  }

  /// Compactions on demand, which may take minutes.
  EventLoop reclaim() {
    return reclaim;
  }

  /// Ends the threads that use the databases, after what they have to do already; nobody may give
  /// them more.
  void closeStages() {
    disk.close();
    reclaim.close();
    readers.forEach(PlainEventLoop::close);
    log.close();
    apply.close();
    bulk.close();
  }

  /// Ends the network first, since it feeds the others, and then what it fed.
  @Override
  public void close() {
    control.close();
    netty.close();
    closeStages();
  }
}
