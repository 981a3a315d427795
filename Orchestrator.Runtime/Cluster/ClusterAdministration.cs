namespace Orchestrator.Runtime;

/// <summary>What an operator may do to the members of the cluster. Each is a change of the table that all members read; they do the rest.</summary>
public sealed class ClusterAdministration
{
    /// <summary>A member whose beat stands still for longer counts as unreachable. It is marked down by itself after 5 s.</summary>
    public static readonly TimeSpan UnreachableAfter = TimeSpan.FromSeconds(2.5);

    private const int Attempts = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly IClusterStore _store;
    private readonly ClusterMember _member;
    private readonly TimeProvider _time;

    internal ClusterAdministration(IClusterStore store, ClusterMember member, TimeProvider time) => (_store, _member, _time) = (store, member, time);

    /// <summary>For how long the beat of a member has stood still, as this node has seen; null if this node does not watch it (itself, or one that is down).</summary>
    public TimeSpan? SilenceOf(Member member) => _member.SilenceOf(member);

    /// <summary>Has a member hand over its shards and take none: <see cref="Done"/>, or why not. Its process goes on, and <see cref="JoinAsync"/> or a new start of it undoes it.</summary>
    /// <exception cref="StoreUnavailableException">The database cannot be reached.</exception>
    public async Task<Reply> LeaveAsync(string name, CancellationToken cancellationToken = default)
    {
        var table = await _store.ReadAsync(cancellationToken);
        return Find(table, name) switch
        {
            null => Unknown(name),
            { State: MemberState.Leaving } => Done.Instance,
            { State: not MemberState.Up } row => new Refused(RefusalCodes.IllegalState, $"{name} is {Word(row)}: only a member that is up can leave"),
            _ when !table.Members.Any(row => row.State is MemberState.Up && row.Member.Name != name && row.Member.Roles.Contains(ClusterOptions.EntityRole, StringComparer.Ordinal))
                => new Refused(RefusalCodes.IllegalState, $"no other {ClusterOptions.EntityRole} is up: nobody could take the shards of {name}"),
            { } row => await SetAsync(row, MemberState.Leaving, cancellationToken),
        };
    }

    /// <summary>Has a member that was told to leave take part again: <see cref="Done"/>, or why not.</summary>
    /// <exception cref="StoreUnavailableException">The database cannot be reached.</exception>
    public async Task<Reply> JoinAsync(string name, CancellationToken cancellationToken = default) => Find(await _store.ReadAsync(cancellationToken), name) switch
    {
        null => Unknown(name),
        { State: MemberState.Up } => Done.Instance,
        { State: MemberState.Leaving } row => await SetAsync(row, MemberState.Up, cancellationToken),
        { } row => new Refused(RefusalCodes.IllegalState, $"{name} is {Word(row)}: its program joins when it is started"),
    };

    /// <summary>Marks a member down, and ends its sessions in the database: <see cref="Done"/>, or why not. This incarnation never commits again; a program that still runs joins as the next one.</summary>
    /// <exception cref="StoreUnavailableException">The database cannot be reached.</exception>
    public async Task<Reply> DownAsync(string name, CancellationToken cancellationToken = default)
    {
        if (string.Equals(name, _member.Self.Name, StringComparison.Ordinal))
        {
            return new Refused(RefusalCodes.IllegalState, $"{name} is the node that was asked, which cannot mark itself: ask another one, or stop it");
        }

        long? incarnation = null;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var row = Find(await _store.ReadAsync(cancellationToken), name);
            if (row is null)
            {
                return Unknown(name);
            }

            incarnation ??= row.Member.Incarnation;
            if (row.State is MemberState.Down || row.Member.Incarnation != incarnation || await _store.MarkDownAsync(_member.Self, row, cancellationToken))
            {
                return Done.Instance;
            }

            // It has beaten between the read and the mark.
            await Task.Delay(Pause, _time, cancellationToken);
        }

        return new Refused(RefusalCodes.Stale, $"{name} beats faster than it could be marked: try again");
    }

    /// <summary>Marks those members down whose beat stands still, as this node has seen; gives their names.</summary>
    /// <exception cref="StoreUnavailableException">The database cannot be reached.</exception>
    public async Task<IReadOnlyList<string>> DownUnreachableAsync(CancellationToken cancellationToken = default)
    {
        List<string> marked = [];
        foreach (var row in (await _store.ReadAsync(cancellationToken)).Members.Where(row => row.State is not MemberState.Down && _member.SilenceOf(row.Member) > UnreachableAfter))
        {
            if (await _store.MarkDownAsync(_member.Self, row, cancellationToken))
            {
                marked.Add(row.Member.Name);
            }
        }

        return marked;
    }

    /// <summary>Raises the <c>cluster.format</c>, for ever: members write from then on what it brings, and older versions cannot join. <see cref="Done"/>, or why not.</summary>
    /// <param name="format">The format; null: the newest that every member that is not down can read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreUnavailableException">The database cannot be reached.</exception>
    public async Task<Reply> RaiseFormatAsync(int? format, CancellationToken cancellationToken = default)
    {
        var table = await _store.ReadAsync(cancellationToken);
        var wanted = format ?? table.Members.Where(static row => row.State is not MemberState.Down).Select(static row => row.Member.Format).DefaultIfEmpty(table.Format).Min();
        if (wanted < table.Format)
        {
            return new Refused(RefusalCodes.IllegalState, $"cluster.format is {table.Format} and is never lowered: members have written what {wanted} does not know");
        }

        var older = await _store.RaiseFormatAsync(_member.Self, wanted, cancellationToken);
        return older.Count == 0 ? Done.Instance : new Refused(RefusalCodes.IllegalState, $"{string.Join(", ", older)} cannot read cluster.format {wanted}: update these nodes first, or mark down those that do not come back");
    }

    private async Task<Reply> SetAsync(MemberRow row, MemberState state, CancellationToken cancellationToken)
    {
        await _store.SetStateAsync(row.Member, state, cancellationToken);
        return Done.Instance;
    }

    private static MemberRow? Find(ClusterTable table, string name) => table.Members.FirstOrDefault(row => string.Equals(row.Member.Name, name, StringComparison.Ordinal));

    private static Refused Unknown(string name) => new(RefusalCodes.NotFound, $"there is no member {name}: 'pbm cluster show' lists them");

    private static string Word(MemberRow row) => row.State.ToString().ToLowerInvariant();
}
