package io.flotilla.raft;

import io.flotilla.spi.RandomSource;
import java.util.EnumMap;
import java.util.Map;

/// How often a schedule takes each kind of step. Every seed draws its own mixture, so that some
/// lives are calm, some full of crashes, some of transfers, some of membership changes.
final class ScheduleWeights {
  /// A kind of step, and how often it is taken, more or less, beside the others.
  enum Step {
    DELIVER(800, false),
    READY(450, false),
    WORK(450, false),
    PROPOSE(120, true),
    TICK(30, true),
    READ(60, true),
    MEMBERSHIP(30, true),
    COMPACT(30, true),
    ROUND(30, true),
    TRANSFER(10, true),
    CAMPAIGN(4, true),
    RESTART(100, true),
    CRASH(12, true),
    LINK(12, true),
    CUT_OFF(8, true),
    HEAL(16, true);

    private final int weight;
    private final boolean varies;

    Step(int weight, boolean varies) {
      this.weight = weight;
      this.varies = varies;
    }

    /// True for what does not happen in a calm phase.
    boolean isFault() {
      return this == CRASH || this == LINK || this == CUT_OFF;
    }
  }

  private static final int[] FACTORS = {1, 3, 3, 3, 10};

  private final Map<Step, Integer> weights = new EnumMap<>(Step.class);
  private int total;

  ScheduleWeights(RandomSource random) {
    for (Step step : Step.values()) {
      int factor = step.varies ? FACTORS[random.nextInt(FACTORS.length)] : 3;
      weights.put(step, step.weight * factor);
      total += step.weight * factor;
    }
  }

  Step draw(RandomSource random) {
    int ticket = random.nextInt(total);
    for (Map.Entry<Step, Integer> weight : weights.entrySet()) {
      ticket -= weight.getValue();
      if (ticket < 0) {
        return weight.getKey();
      }
    }
    throw new AssertionError("the weights add up to the total");
  }
}
