package io.flotilla.spi;

/// One thread's queue of tasks, run one after another in the order of submission.
///
/// Everything a task touches on one loop needs no lock. A task that throws is reported to the
/// loop's owner and does not end the loop.
public interface EventLoop {
  /// Queues `task`; callable from any thread. What happened before in the caller happens before it
  /// in the task. On the loop itself the task runs after the tasks queued so far, never at once.
  ///
  /// @throws RejectedByLoopException if the loop has shut down
  void execute(Runnable task);

  /// Queues `task` no earlier than `delayNanos` from now.
  Cancellable schedule(long delayNanos, Runnable task);

  /// True if the caller runs on this loop.
  boolean inLoop();

  /// A scheduled task that can be taken back.
  interface Cancellable {
    /// The task does not run unless it has begun already. Idempotent.
    void cancel();
  }

  /// The loop has shut down.
  final class RejectedByLoopException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RejectedByLoopException(String message) {
      super(message);
    }
  }
}
