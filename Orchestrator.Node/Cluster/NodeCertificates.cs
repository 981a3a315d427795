using Microsoft.Extensions.Logging;

using Orchestrator.Api.Cluster;
using Orchestrator.Node.Settings;

namespace Orchestrator.Node.Cluster;

/// <summary>
/// The certificate of this node: fetched from the lighthouse by a join token where there is none, renewed there in good time, and read again when somebody else has changed the files. Connections that are
/// open stay open; new ones show the new certificate.
/// </summary>
internal sealed partial class NodeCertificates : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastRetry = TimeSpan.FromHours(1);
    private readonly ClusterSettings _settings;
    private readonly CertificateFiles _files;
    private readonly Lighthouses? _lighthouse;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _watching;
    private NodeIdentity _identity;
    private DateTime _readAt;
    private DateTimeOffset _renewAt;
    private TimeSpan _retry = FirstRetry;

    private NodeCertificates(ClusterSettings settings, CertificateFiles files, Lighthouses? lighthouse, NodeIdentity identity, TimeProvider time, ILoggerFactory loggers)
    {
        (_settings, _files, _lighthouse, _identity, _time, _loggers) = (settings, files, lighthouse, identity, time, loggers);
        _logger = loggers.CreateLogger<NodeCertificates>();
        _readAt = files.ChangedAt;
        Peers = new PeerCertificates(identity.Own, identity.Root);
        _renewAt = RenewalOf(identity, new DateTimeOffset(_readAt));
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>As the port between nodes uses it.</summary>
    public PeerCertificates Peers { get; }

    /// <summary>Reads the certificate; joins first if there is none.</summary>
    /// <exception cref="CertificateException">There is none, or none that can be used; says what to do.</exception>
    public static async Task<NodeCertificates> OpenAsync(ClusterSettings settings, string node, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var logger = loggers.CreateLogger<NodeCertificates>();
        var files = new CertificateFiles(settings, node, time);
        var lighthouse = settings.Lighthouses.IsEmpty ? null : new Lighthouses(settings.Lighthouses, node);
        if (!files.Exist)
        {
            await JoinAsync(settings, files, lighthouse, node, cancellationToken);
            Joined(logger, node, string.Join(" or ", settings.Lighthouses));
        }

        return new NodeCertificates(settings, files, lighthouse, files.Read(), time, loggers);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        _stopping.Dispose();
        _loggers.Dispose();
    }

    private static async Task JoinAsync(ClusterSettings settings, CertificateFiles files, Lighthouses? lighthouse, string node, CancellationToken cancellationToken)
    {
        if (lighthouse is null)
        {
            throw new CertificateException($"this node has no certificate: there is no file {settings.CertificateFile}; name the lighthouse (orchestrator.cluster.lighthouse) and give a join token, or put certificate, key and root into place");
        }

        if (settings.Fingerprint.Length == 0)
        {
            throw new CertificateException("orchestrator.cluster.fingerprint is empty: without it this node cannot tell whether the lighthouse is yours; 'orchestrator-lighthouse join-token' prints it");
        }

        var (joined, key) = await lighthouse.JoinAsync(TokenOf(settings, node), settings.Fingerprint, cancellationToken);
        if (joined.Database is { } database)
        {
            // The certificate comes last: where it is, the node has joined with all that belongs to it.
            Directory.CreateDirectory(Path.GetDirectoryName(settings.DatabaseFile)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            await new DatabaseFile(settings.DatabaseFile).WriteAsync(database, cancellationToken);
        }

        await files.WriteAsync(joined.CertificatePem, key, joined.AuthorityPem, cancellationToken);
    }

    private static string TokenOf(ClusterSettings settings, string node)
    {
        if (Environment.GetEnvironmentVariable(ClusterSettings.JoinTokenVariable) is { Length: > 0 } given)
        {
            return given.Trim();
        }

        try
        {
            return settings.JoinTokenFile.Length > 0
                ? File.ReadAllText(settings.JoinTokenFile).Trim()
                : throw new CertificateException($"this node has no certificate and no join token: make one with 'orchestrator-lighthouse join-token --node {node}' and give it in the environment variable {ClusterSettings.JoinTokenVariable} or in the file that orchestrator.cluster.join-token-file names");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException($"orchestrator.cluster.join-token-file cannot be read: {e.Message}", e);
        }
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(LookEvery, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                Reread();
                if (_lighthouse is not null && _time.GetUtcNow() >= _renewAt)
                {
                    await RenewAsync(_lighthouse);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task RenewAsync(Lighthouses lighthouse)
    {
        try
        {
            var (renewed, key) = await lighthouse.RenewAsync(_identity, _stopping.Token);
            await _files.WriteAsync(renewed.CertificatePem, key, renewed.AuthorityPem, _stopping.Token);
            Reread();
            _retry = FirstRetry;
        }
        catch (Exception e) when (e is CertificateException or IOException or UnauthorizedAccessException)
        {
            NotRenewed(_logger, _identity.NotAfter, e.Message);
            _renewAt = _time.GetUtcNow() + _retry;
            _retry = _retry * 2 < LastRetry ? _retry * 2 : LastRetry;
        }
    }

    private void Reread()
    {
        var changed = _files.ChangedAt;
        if (changed == _readAt)
        {
            return;
        }

        try
        {
            _readAt = changed;
            _identity = _files.Read();
            Peers.Rotate(_identity.Own, _identity.Root);
            _renewAt = RenewalOf(_identity, _time.GetUtcNow());
            Rotated(_logger, _identity.NotAfter);
        }
        catch (CertificateException e)
        {
            NotRead(_logger, e.Message);
        }
    }

    private DateTimeOffset RenewalOf(NodeIdentity identity, DateTimeOffset since)
    {
        var (early, half) = (identity.NotAfter - _settings.RenewBefore, since + ((identity.NotAfter - since) / 2));
        return early > half ? early : half;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Node} has got its certificate from the lighthouse {Lighthouse}")]
    private static partial void Joined(ILogger logger, string node, string lighthouse);

    [LoggerMessage(Level = LogLevel.Information, Message = "A new certificate of this node is in use; it is valid until {NotAfter:u}")]
    private static partial void Rotated(ILogger logger, DateTimeOffset notAfter);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The certificate of this node, valid until {NotAfter:u}, could not be renewed and is tried again: {Reason}")]
    private static partial void NotRenewed(ILogger logger, DateTimeOffset notAfter, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The files of the certificate have changed and cannot be used; the one before stays in use: {Reason}")]
    private static partial void NotRead(ILogger logger, string reason);
}
