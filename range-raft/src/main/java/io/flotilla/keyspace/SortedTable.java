package io.flotilla.keyspace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Values in the order of a key that each of them bears, for very many of them: about six bytes for
/// each, where a tree would take 32. A value must not change its key while it is here.
///
/// @param <K> the key
/// @param <V> the value
public final class SortedTable<K extends Comparable<? super K>, V> {
  /*
   * Sorted blocks in a sorted list. A full block is cut in two, but for the last one if the new
   * value goes behind it: what comes in order fills its blocks. An empty block goes.
   */
  private static final int BLOCK = 64;

  private final Function<? super V, ? extends K> keyOf;
  private final List<Block> blocks = new ArrayList<>();
  private int size;

  private static final class Block {
    private final @Nullable Object[] values = new @Nullable Object[BLOCK];
    private int size;
  }

  /// @param keyOf the key of a value, always the same
  public SortedTable(Function<? super V, ? extends K> keyOf) {
    this.keyOf = keyOf;
  }

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /// For how many values there is memory.
  int slots() {
    return blocks.size() * BLOCK;
  }

  /// The value with this key; null: there is none.
  public @Nullable V get(K key) {
    V floor = floor(key);
    return floor != null && keyOf.apply(floor).compareTo(key) == 0 ? floor : null;
  }

  /// The value with the greatest key that is not above `key`; null: there is none.
  public @Nullable V floor(K key) {
    int block = blockOf(key);
    int slot = block < 0 ? 0 : slotAbove(blocks.get(block), key);
    return slot == 0 ? null : value(blocks.get(block), slot - 1);
  }

  /// Takes the place of the value with the same key, which it returns; null: there was none.
  public @Nullable V put(V value) {
    K key = keyOf.apply(value);
    int at = Math.max(0, blockOf(key));
    if (blocks.isEmpty()) {
      blocks.add(new Block());
    }
    Block block = blocks.get(at);
    int slot = slotAbove(block, key);
    if (isAt(block, slot - 1, key)) {
      V old = value(block, slot - 1);
      block.values[slot - 1] = value;
      return old;
    }
    size++;
    if (block.size < BLOCK) {
      insert(block, slot, value);
    } else {
      insertCutting(at, slot, value);
    }
    return null;
  }

  private void insertCutting(int at, int slot, V value) {
    Block block = blocks.get(at);
    boolean isBehindAll = at == blocks.size() - 1 && slot == block.size;
    int kept = isBehindAll ? BLOCK : BLOCK / 2;
    Block upper = new Block();
    upper.size = BLOCK - kept;
    System.arraycopy(block.values, kept, upper.values, 0, upper.size);
    Arrays.fill(block.values, kept, BLOCK, null);
    block.size = kept;
    blocks.add(at + 1, upper);
    if (slot <= kept && !isBehindAll) {
      insert(block, slot, value);
    } else {
      insert(upper, slot - kept, value);
    }
  }

  private static void insert(Block block, int slot, Object value) {
    System.arraycopy(block.values, slot, block.values, slot + 1, block.size - slot);
    block.values[slot] = value;
    block.size++;
  }

  /// Returns what had this key; null: nothing.
  public @Nullable V remove(K key) {
    int at = blockOf(key);
    Block block = at < 0 ? null : blocks.get(at);
    int slot = block == null ? 0 : slotAbove(block, key);
    if (block == null || !isAt(block, slot - 1, key)) {
      return null;
    }
    V old = value(block, slot - 1);
    System.arraycopy(block.values, slot, block.values, slot - 1, block.size - slot);
    block.size--;
    block.values[block.size] = null;
    if (block.size == 0) {
      blocks.remove(at);
    }
    size--;
    return old;
  }

  /// The values from `key` on, in order. The walk is over when the table changes.
  public Iterable<V> from(K key) {
    return () -> {
      int at = Math.max(0, blockOf(key));
      int slot = blocks.isEmpty() ? 0 : slotAbove(blocks.get(at), key);
      boolean isThere = slot > 0 && isAt(blocks.get(at), slot - 1, key);
      return new Walk(at, isThere ? slot - 1 : slot);
    };
  }

  /// All values in order, as they are when somebody walks over them.
  public Iterable<V> all() {
    return () -> new Walk(0, 0);
  }

  private final class Walk implements Iterator<V> {
    private int at;
    private int slot;

    Walk(int at, int slot) {
      this.at = at;
      this.slot = slot;
    }

    @Override
    public boolean hasNext() {
      if (at < blocks.size() && slot >= blocks.get(at).size) {
        at++;
        slot = 0;
      }
      return at < blocks.size();
    }

    @Override
    public V next() {
      if (!hasNext()) {
        throw new NoSuchElementException("the end of the table");
      }
      return value(blocks.get(at), slot++);
    }
  }

  /// The last block that begins at or below `key`; -1: none does.
  private int blockOf(K key) {
    int low = 0;
    int high = blocks.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (keyOf.apply(value(blocks.get(middle), 0)).compareTo(key) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /// The first slot whose key is above `key`.
  private int slotAbove(Block block, K key) {
    int low = 0;
    int high = block.size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (keyOf.apply(value(block, middle)).compareTo(key) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// True if the value in this slot has this key; in slot -1 there is none.
  private boolean isAt(Block block, int slot, K key) {
    return slot >= 0 && keyOf.apply(value(block, slot)).compareTo(key) == 0;
  }

  @SuppressWarnings("unchecked")
  private V value(Block block, int slot) {
    V found = (V) block.values[slot];
    if (found == null) {
      throw new IllegalStateException("slot " + slot + " of a block of " + block.size);
    }
    return found;
  }
}
