package io.gpumq.trackb.store;

import java.util.Arrays;

/**
 * Where leaves of a memory are free in a row, wherever the row begins: a binary tree over them, in
 * whose nodes stands how many are free at the left end, at the right end, and in the longest row.
 * So a row is found in a step for each level. Some nodes stand <i>apart</i>: no row goes from one
 * to the next. Leaves are taken and given back in the same blocks as in the {@link BuddyTree}
 * beside it. For one thread at a time.
 */
final class FreeRuns {
  /** What {@link #find} answers where there is none. */
  static final int NONE = BuddyTree.NONE;

  private final int rootOrder;

  /** Longer rows are not told from these. */
  private final int most;

  /** Nodes of this order stand apart. */
  private final int apart;

  // By node: node 1 is the root, nodes 2n and 2n + 1 are the halves of node n.
  private final byte[] left;
  private final byte[] right;
  private final byte[] longest;

  /**
   * @param rootOrder of all leaves; each is free
   * @param most that are ever looked for in a row, at most 127, and no more than such a node has
   * @param apart the order of the nodes that no row leaves
   */
  FreeRuns(int rootOrder, int most, int apart) {
    this.rootOrder = rootOrder;
    this.most = most;
    this.apart = apart;
    left = new byte[2 << rootOrder];
    right = new byte[2 << rootOrder];
    longest = new byte[2 << rootOrder];
    for (int order = rootOrder, node = 1; order >= 0; order--, node *= 2) {
      byte all = leaves(order);
      Arrays.fill(left, node, 2 * node, all);
      Arrays.fill(right, node, 2 * node, all);
      Arrays.fill(longest, node, 2 * node, all);
    }
  }

  /** How many leaves a node of that order has, as far as rows are told apart. */
  private byte leaves(int order) {
    return (byte) (order < Byte.SIZE - 1 ? Math.min(most, 1 << order) : most);
  }

  /** The longest row, up to the most that is looked for. */
  int longest() {
    return longest[1];
  }

  /** The first leaf of the first row of so many, or {@link #NONE}. */
  int find(int leaves) {
    if (longest[1] < leaves) {
      return NONE;
    }
    int node = 1;
    for (int order = rootOrder; order > 0; order--) {
      int half = 2 * node;
      if (longest[half] >= leaves) {
        node = half;
      } else if (across(half, order - 1) >= leaves) {
        return first(half + 1, order - 1) - right[half];
      } else {
        node = half + 1;
      }
    }
    return first(node, 0);
  }

  /** Free leaves in a row where a node of an order, a left one, meets the next. */
  private int across(int node, int order) {
    return order < apart ? right[node] + left[node + 1] : 0;
  }

  private int first(int node, int order) {
    return (node << order) - (1 << rootOrder);
  }

  /** Takes a block that is free. */
  void take(int leaf, int order) {
    set(leaf, order, (byte) 0);
  }

  /** Gives back a block that was taken as such. */
  void give(int leaf, int order) {
    set(leaf, order, leaves(order));
  }

  private void set(int leaf, int order, byte free) {
    int node = (1 << rootOrder) + leaf >> order;
    left[node] = free;
    right[node] = free;
    longest[node] = free;
    int below = order;
    for (int parent = node / 2; parent > 0; parent /= 2, below++) {
      join(parent, below);
    }
  }

  /** Sets a node by its halves, which have that order. */
  private void join(int node, int below) {
    int a = 2 * node;
    int b = a + 1;
    int half = leaves(below);
    boolean isShort = 1 << below <= most; // else a row of all of it is not told from others
    boolean leftIsFree = isShort && left[a] == half;
    boolean rightIsFree = isShort && right[b] == half;
    left[node] = (byte) (leftIsFree ? Math.min(most, half + left[b]) : left[a]);
    right[node] = (byte) (rightIsFree ? Math.min(most, half + right[a]) : right[b]);
    int across = Math.min(most, across(a, below));
    longest[node] = (byte) Math.max(across, Math.max(longest[a], longest[b]));
  }
}
