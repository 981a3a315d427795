using System.Net.Sockets;
using Npgsql;

namespace Orchestrator.Runtime;

/// <summary>What an error of the database means for a writer.</summary>
internal static class PostgresFailure
{
    /// <summary>The state of <see cref="PostgresSchema"/>'s fence: the node is down.</summary>
    public const string NodeFenced = "OR001";

    /// <summary>The state of the fence: a shard has another owner.</summary>
    public const string ShardFenced = "OR002";

    /// <summary>An inbox row that was to be removed is gone.</summary>
    public const string RowGone = "OR003";

    /// <summary>The connection failed, or the server closed it: it may have committed before.</summary>
    public static bool IsLost(Exception e) => e switch
    {
        PostgresException { SqlState: [_, ..] state } => state.StartsWith("57P", StringComparison.Ordinal) || state.StartsWith("08", StringComparison.Ordinal) || state is "25P03" or "57014",
        NpgsqlException or SocketException or IOException or TimeoutException or ObjectDisposedException or OperationCanceledException => true,
        _ => false,
    };

    /// <summary>There is no server that takes connections now: none answers, it starts or ends, or has no place left.</summary>
    public static bool IsNotThere(Exception e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.TooManyConnections } => true,
        PostgresException => false,
        NpgsqlException { InnerException: SocketException or IOException or TimeoutException } or SocketException or TimeoutException => true,
        _ => false,
    };

    /// <summary>The connection was ended by the server or on the way: not by a time limit, nor because none can be had.</summary>
    public static bool IsCut(NpgsqlException e) => e is PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.IdleSessionTimeout } or { InnerException: SocketException or IOException };

    /// <summary>Others were in the way: the same may work at once.</summary>
    public static bool IsConflict(PostgresException e) => e.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable;

    /// <summary>The server cannot now: no room, no connection, no longer the primary.</summary>
    public static bool IsPassing(PostgresException e) => e.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidCatalogName
        || e.SqlState.StartsWith("53", StringComparison.Ordinal) || e.SqlState.StartsWith("58", StringComparison.Ordinal) || e.SqlState.StartsWith("57P", StringComparison.Ordinal);
}
