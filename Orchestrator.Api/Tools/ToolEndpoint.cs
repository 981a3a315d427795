using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Server;
using Orchestrator.Api.Security;
using Orchestrator.Client;
using Orchestrator.Mcp;

namespace Orchestrator.Api.Tools;

/// <summary><c>/mcp</c>: the tools of agents as an MCP server over Streamable HTTP, without sessions. Each call goes to the API of this node with the token of its request.</summary>
internal static class ToolEndpoint
{
    public static IServiceCollection AddTools(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddSingleton<IConfigureOptions<McpServerOptions>, ToolOptions>();
        services.AddMcpServer().WithHttpTransport(static transport => transport.Stateless = true);
        KeepNoKeys(services);
        return services;
    }

    // Transport and authentication bring keys for sessions and cookies, loaded at the start from the home of the user and put there. There are neither.
    private static void KeepNoKeys(IServiceCollection services)
    {
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        foreach (var loader in services.Where(static s => s.ServiceType == typeof(IHostedService) && s.ImplementationType?.Assembly == typeof(KeyManagementOptions).Assembly).ToList())
        {
            services.Remove(loader);
        }
    }

    public static void MapTools(this IEndpointRouteBuilder routes) => routes.MapMcp("/mcp").Scope(scope: null);

    private sealed class ToolOptions(IServer server, IHttpContextAccessor accessor) : IConfigureOptions<McpServerOptions>
    {
        public void Configure(McpServerOptions options)
        {
            var tools = new AgentToolServer().Options(_ => Connect());
            options.ServerInfo = tools.ServerInfo;
            options.ServerInstructions = tools.ServerInstructions;
            options.Capabilities = tools.Capabilities;
            options.Handlers = tools.Handlers;
        }

        private OrchestratorClient Connect()
        {
            var request = accessor.HttpContext?.Request ?? throw new InvalidOperationException("a tool was called outside of a request");
            var token = AuthenticationHeaderValue.Parse(request.Headers.Authorization.ToString()).Parameter!;
            var address = server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
            return new OrchestratorClient(new NodeConnection(new Uri(address), token, "/mcp"));
        }
    }
}
