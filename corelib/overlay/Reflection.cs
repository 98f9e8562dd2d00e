// Reflection over members needs the metadata, which a compiled program does not carry: these roots say so, and what only they
// reach is not compiled.

using System;
using System.Diagnostics;
using System.Reflection;

namespace Kiln
{
    internal static class Reflection
    {
        internal static Exception Unsupported(string what) =>
            new PlatformNotSupportedException("Reflection over members is not available in this program (" + what + ").");

        [Replaces("System.RuntimeType::GetMethodBase(System.Reflection.RuntimeModule,System.Int32):System.Reflection.MethodBase")]
        private static System.Reflection.MethodBase RuntimeType_GetMethodBase(System.Reflection.RuntimeModule p0, System.Int32 p1) => throw Unsupported("GetMethodBase");

        [Replaces("System.RuntimeType::GetMethodBase(System.IRuntimeMethodInfo):System.Reflection.MethodBase")]
        private static System.Reflection.MethodBase RuntimeType_GetMethodBase2(System.IRuntimeMethodInfo p0) => throw Unsupported("GetMethodBase");

        [Replaces("System.RuntimeType::GetMethodBase(System.RuntimeType,System.IRuntimeMethodInfo):System.Reflection.MethodBase")]
        private static System.Reflection.MethodBase RuntimeType_GetMethodBase3(System.RuntimeType p0, System.IRuntimeMethodInfo p1) => throw Unsupported("GetMethodBase");

        [Replaces("System.RuntimeType::GetMethodBase(System.RuntimeType,System.RuntimeMethodHandleInternal):System.Reflection.MethodBase")]
        private static System.Reflection.MethodBase RuntimeType_GetMethodBase4(System.RuntimeType p0, System.RuntimeMethodHandleInternal p1) => throw Unsupported("GetMethodBase");

        [Replaces("System.RuntimeType::GetFieldInfo(System.IRuntimeFieldInfo):System.Reflection.FieldInfo")]
        private static System.Reflection.FieldInfo RuntimeType_GetFieldInfo(System.IRuntimeFieldInfo p0) => throw Unsupported("GetFieldInfo");

        [Replaces("System.RuntimeType::GetFieldInfo(System.RuntimeType,System.IRuntimeFieldInfo):System.Reflection.FieldInfo")]
        private static System.Reflection.FieldInfo RuntimeType_GetFieldInfo2(System.RuntimeType p0, System.IRuntimeFieldInfo p1) => throw Unsupported("GetFieldInfo");

        [Replaces("System.RuntimeType::GetMethodCandidates(System.String,System.Int32,System.Reflection.BindingFlags,System.Reflection.CallingConventions,System.Type[],System.Boolean):System.RuntimeType+ListBuilder`1<System.Reflection.MethodInfo>")]
        private static System.RuntimeType.ListBuilder<System.Reflection.MethodInfo> RuntimeType_GetMethodCandidates(System.RuntimeType @this, System.String p0, System.Int32 p1, System.Reflection.BindingFlags p2, System.Reflection.CallingConventions p3, System.Type[] p4, System.Boolean p5) => throw Unsupported("GetMethodCandidates");

        [Replaces("System.RuntimeType::GetConstructorCandidates(System.String,System.Reflection.BindingFlags,System.Reflection.CallingConventions,System.Type[],System.Boolean):System.RuntimeType+ListBuilder`1<System.Reflection.ConstructorInfo>")]
        private static System.RuntimeType.ListBuilder<System.Reflection.ConstructorInfo> RuntimeType_GetConstructorCandidates(System.RuntimeType @this, System.String p0, System.Reflection.BindingFlags p1, System.Reflection.CallingConventions p2, System.Type[] p3, System.Boolean p4) => throw Unsupported("GetConstructorCandidates");

        [Replaces("System.RuntimeType::GetPropertyCandidates(System.String,System.Reflection.BindingFlags,System.Type[],System.Boolean):System.RuntimeType+ListBuilder`1<System.Reflection.PropertyInfo>")]
        private static System.RuntimeType.ListBuilder<System.Reflection.PropertyInfo> RuntimeType_GetPropertyCandidates(System.RuntimeType @this, System.String p0, System.Reflection.BindingFlags p1, System.Type[] p2, System.Boolean p3) => throw Unsupported("GetPropertyCandidates");

        [Replaces("System.RuntimeType::GetEventCandidates(System.String,System.Reflection.BindingFlags,System.Boolean):System.RuntimeType+ListBuilder`1<System.Reflection.EventInfo>")]
        private static System.RuntimeType.ListBuilder<System.Reflection.EventInfo> RuntimeType_GetEventCandidates(System.RuntimeType @this, System.String p0, System.Reflection.BindingFlags p1, System.Boolean p2) => throw Unsupported("GetEventCandidates");

        [Replaces("System.RuntimeType::GetFieldCandidates(System.String,System.Reflection.BindingFlags,System.Boolean):System.RuntimeType+ListBuilder`1<System.Reflection.FieldInfo>")]
        private static System.RuntimeType.ListBuilder<System.Reflection.FieldInfo> RuntimeType_GetFieldCandidates(System.RuntimeType @this, System.String p0, System.Reflection.BindingFlags p1, System.Boolean p2) => throw Unsupported("GetFieldCandidates");

        [Replaces("System.RuntimeType::GetNestedTypeCandidates(System.String,System.Reflection.BindingFlags,System.Boolean):System.RuntimeType+ListBuilder`1<System.Type>")]
        private static System.RuntimeType.ListBuilder<System.Type> RuntimeType_GetNestedTypeCandidates(System.RuntimeType @this, System.String p0, System.Reflection.BindingFlags p1, System.Boolean p2) => throw Unsupported("GetNestedTypeCandidates");

        [Replaces("System.RuntimeType::GetMembers(System.Reflection.BindingFlags):System.Reflection.MemberInfo[]")]
        private static System.Reflection.MemberInfo[] RuntimeType_GetMembers(System.RuntimeType @this, System.Reflection.BindingFlags p0) => throw Unsupported("GetMembers");

        [Replaces("System.RuntimeType::GetInterfaceMap(System.Type):System.Reflection.InterfaceMapping")]
        private static System.Reflection.InterfaceMapping RuntimeType_GetInterfaceMap(System.RuntimeType @this, System.Type p0) => throw Unsupported("GetInterfaceMap");

        [Replaces("System.RuntimeType::GetMethodImplCommon(System.String,System.Int32,System.Reflection.BindingFlags,System.Reflection.Binder,System.Reflection.CallingConventions,System.Type[],System.Reflection.ParameterModifier[]):System.Reflection.MethodInfo")]
        private static System.Reflection.MethodInfo RuntimeType_GetMethodImplCommon(System.RuntimeType @this, System.String p0, System.Int32 p1, System.Reflection.BindingFlags p2, System.Reflection.Binder p3, System.Reflection.CallingConventions p4, System.Type[] p5, System.Reflection.ParameterModifier[] p6) => throw Unsupported("GetMethodImplCommon");

        [Replaces("System.RuntimeType::GetConstructorImpl(System.Reflection.BindingFlags,System.Reflection.Binder,System.Reflection.CallingConventions,System.Type[],System.Reflection.ParameterModifier[]):System.Reflection.ConstructorInfo")]
        private static System.Reflection.ConstructorInfo RuntimeType_GetConstructorImpl(System.RuntimeType @this, System.Reflection.BindingFlags p0, System.Reflection.Binder p1, System.Reflection.CallingConventions p2, System.Type[] p3, System.Reflection.ParameterModifier[] p4) => throw Unsupported("GetConstructorImpl");

        [Replaces("System.RuntimeType::GetPropertyImpl(System.String,System.Reflection.BindingFlags,System.Reflection.Binder,System.Type,System.Type[],System.Reflection.ParameterModifier[]):System.Reflection.PropertyInfo")]
        private static System.Reflection.PropertyInfo RuntimeType_GetPropertyImpl(System.RuntimeType @this, System.String p0, System.Reflection.BindingFlags p1, System.Reflection.Binder p2, System.Type p3, System.Type[] p4, System.Reflection.ParameterModifier[] p5) => throw Unsupported("GetPropertyImpl");

        [Replaces("System.RuntimeType::GetEvent(System.String,System.Reflection.BindingFlags):System.Reflection.EventInfo")]
        private static System.Reflection.EventInfo RuntimeType_GetEvent(System.RuntimeType @this, System.String p0, System.Reflection.BindingFlags p1) => throw Unsupported("GetEvent");

        [Replaces("System.RuntimeType::GetField(System.String,System.Reflection.BindingFlags):System.Reflection.FieldInfo")]
        private static System.Reflection.FieldInfo RuntimeType_GetField(System.RuntimeType @this, System.String p0, System.Reflection.BindingFlags p1) => throw Unsupported("GetField");

        [Replaces("System.RuntimeType::GetInterface(System.String,System.Boolean):System.Type")]
        private static System.Type RuntimeType_GetInterface(System.RuntimeType @this, System.String p0, System.Boolean p1) => throw Unsupported("GetInterface");

        [Replaces("System.RuntimeType::GetNestedType(System.String,System.Reflection.BindingFlags):System.Type")]
        private static System.Type RuntimeType_GetNestedType(System.RuntimeType @this, System.String p0, System.Reflection.BindingFlags p1) => throw Unsupported("GetNestedType");

        [Replaces("System.RuntimeType::GetMember(System.String,System.Reflection.MemberTypes,System.Reflection.BindingFlags):System.Reflection.MemberInfo[]")]
        private static System.Reflection.MemberInfo[] RuntimeType_GetMember(System.RuntimeType @this, System.String p0, System.Reflection.MemberTypes p1, System.Reflection.BindingFlags p2) => throw Unsupported("GetMember");

        [Replaces("System.RuntimeType::GetMemberWithSameMetadataDefinitionAs(System.Reflection.MemberInfo):System.Reflection.MemberInfo")]
        private static System.Reflection.MemberInfo RuntimeType_GetMemberWithSameMetadataDefinitionAs(System.RuntimeType @this, System.Reflection.MemberInfo p0) => throw Unsupported("GetMemberWithSameMetadataDefinitionAs");

        [Replaces("System.RuntimeType::get_DeclaringMethod():System.Reflection.MethodBase")]
        private static System.Reflection.MethodBase RuntimeType_DeclaringMethod(System.RuntimeType @this) => throw Unsupported("DeclaringMethod");

        [Replaces("System.RuntimeType::get_GUID():System.Guid")]
        private static System.Guid RuntimeType_GUID(System.RuntimeType @this) => throw Unsupported("GUID");

        [Replaces("System.RuntimeType::get_GenericParameterAttributes():System.Reflection.GenericParameterAttributes")]
        private static System.Reflection.GenericParameterAttributes RuntimeType_GenericParameterAttributes(System.RuntimeType @this) => throw Unsupported("GenericParameterAttributes");

        [Replaces("System.RuntimeType::GetGenericParameterConstraints():System.Type[]")]
        private static System.Type[] RuntimeType_GetGenericParameterConstraints(System.RuntimeType @this) => throw Unsupported("GetGenericParameterConstraints");

        [Replaces("System.RuntimeType::HasSameMetadataDefinitionAs(System.Reflection.MemberInfo):System.Boolean")]
        private static System.Boolean RuntimeType_HasSameMetadataDefinitionAs(System.RuntimeType @this, System.Reflection.MemberInfo p0) => throw Unsupported("HasSameMetadataDefinitionAs");

        [Replaces("System.RuntimeType::get_StructLayoutAttribute():System.Runtime.InteropServices.StructLayoutAttribute")]
        private static System.Runtime.InteropServices.StructLayoutAttribute RuntimeType_StructLayoutAttribute(System.RuntimeType @this) => throw Unsupported("StructLayoutAttribute");

        [Replaces("System.RuntimeType::CreateInstanceImpl(System.Reflection.BindingFlags,System.Reflection.Binder,System.Object[],System.Globalization.CultureInfo):System.Object")]
        private static System.Object RuntimeType_CreateInstanceImpl(System.RuntimeType @this, System.Reflection.BindingFlags p0, System.Reflection.Binder p1, System.Object[] p2, System.Globalization.CultureInfo p3) => throw Unsupported("CreateInstanceImpl");

        [Replaces("System.RuntimeType::GetCustomAttributes(System.Boolean):System.Object[]")]
        private static System.Object[] RuntimeType_GetCustomAttributes(System.RuntimeType @this, System.Boolean p0) => throw Unsupported("GetCustomAttributes");

        [Replaces("System.RuntimeType::GetCustomAttributes(System.Type,System.Boolean):System.Object[]")]
        private static System.Object[] RuntimeType_GetCustomAttributes2(System.RuntimeType @this, System.Type p0, System.Boolean p1) => throw Unsupported("GetCustomAttributes");

        [Replaces("System.RuntimeType::GetCustomAttributesData():System.Collections.Generic.IList`1<System.Reflection.CustomAttributeData>")]
        private static System.Collections.Generic.IList<System.Reflection.CustomAttributeData> RuntimeType_GetCustomAttributesData(System.RuntimeType @this) => throw Unsupported("GetCustomAttributesData");

        [Replaces("System.RuntimeType::GetDefaultMembers():System.Reflection.MemberInfo[]")]
        private static System.Reflection.MemberInfo[] RuntimeType_GetDefaultMembers(System.RuntimeType @this) => throw Unsupported("GetDefaultMembers");

        [Replaces("System.RuntimeType::IsDefined(System.Type,System.Boolean):System.Boolean")]
        private static System.Boolean RuntimeType_IsDefined(System.RuntimeType @this, System.Type p0, System.Boolean p1) => throw Unsupported("IsDefined");

        [Replaces("System.RuntimeType::InvokeMember(System.String,System.Reflection.BindingFlags,System.Reflection.Binder,System.Object,System.Object[],System.Reflection.ParameterModifier[],System.Globalization.CultureInfo,System.String[]):System.Object")]
        private static System.Object RuntimeType_InvokeMember(System.RuntimeType @this, System.String p0, System.Reflection.BindingFlags p1, System.Reflection.Binder p2, System.Object p3, System.Object[] p4, System.Reflection.ParameterModifier[] p5, System.Globalization.CultureInfo p6, System.String[] p7) => throw Unsupported("InvokeMember");

        [Replaces("System.Reflection.CustomAttribute::IsDefined(System.RuntimeType,System.RuntimeType,System.Boolean):System.Boolean")]
        private static System.Boolean CustomAttribute_IsDefined(System.RuntimeType p0, System.RuntimeType p1, System.Boolean p2) => throw Unsupported("IsDefined");

        [Replaces("System.Reflection.CustomAttribute::IsDefined(System.Reflection.RuntimeMethodInfo,System.RuntimeType,System.Boolean):System.Boolean")]
        private static System.Boolean CustomAttribute_IsDefined2(System.Reflection.RuntimeMethodInfo p0, System.RuntimeType p1, System.Boolean p2) => throw Unsupported("IsDefined");

        [Replaces("System.Reflection.CustomAttribute::IsDefined(System.Reflection.RuntimeConstructorInfo,System.RuntimeType):System.Boolean")]
        private static System.Boolean CustomAttribute_IsDefined3(System.Reflection.RuntimeConstructorInfo p0, System.RuntimeType p1) => throw Unsupported("IsDefined");

        [Replaces("System.Reflection.CustomAttribute::IsDefined(System.Reflection.RuntimePropertyInfo,System.RuntimeType):System.Boolean")]
        private static System.Boolean CustomAttribute_IsDefined4(System.Reflection.RuntimePropertyInfo p0, System.RuntimeType p1) => throw Unsupported("IsDefined");

        [Replaces("System.Reflection.CustomAttribute::IsDefined(System.Reflection.RuntimeEventInfo,System.RuntimeType):System.Boolean")]
        private static System.Boolean CustomAttribute_IsDefined5(System.Reflection.RuntimeEventInfo p0, System.RuntimeType p1) => throw Unsupported("IsDefined");

        [Replaces("System.Reflection.CustomAttribute::IsDefined(System.Reflection.RuntimeFieldInfo,System.RuntimeType):System.Boolean")]
        private static System.Boolean CustomAttribute_IsDefined6(System.Reflection.RuntimeFieldInfo p0, System.RuntimeType p1) => throw Unsupported("IsDefined");

        [Replaces("System.Reflection.CustomAttribute::IsDefined(System.Reflection.RuntimeParameterInfo,System.RuntimeType):System.Boolean")]
        private static System.Boolean CustomAttribute_IsDefined7(System.Reflection.RuntimeParameterInfo p0, System.RuntimeType p1) => throw Unsupported("IsDefined");

        [Replaces("System.Reflection.CustomAttribute::IsDefined(System.Reflection.RuntimeAssembly,System.RuntimeType):System.Boolean")]
        private static System.Boolean CustomAttribute_IsDefined8(System.Reflection.RuntimeAssembly p0, System.RuntimeType p1) => throw Unsupported("IsDefined");

        [Replaces("System.Reflection.CustomAttribute::IsDefined(System.Reflection.RuntimeModule,System.RuntimeType):System.Boolean")]
        private static System.Boolean CustomAttribute_IsDefined9(System.Reflection.RuntimeModule p0, System.RuntimeType p1) => throw Unsupported("IsDefined");

        [Replaces("System.Reflection.CustomAttribute::GetCustomAttributes(System.RuntimeType,System.RuntimeType,System.Boolean):System.Object[]")]
        private static System.Object[] CustomAttribute_GetCustomAttributes(System.RuntimeType p0, System.RuntimeType p1, System.Boolean p2) => throw Unsupported("GetCustomAttributes");

        [Replaces("System.Reflection.CustomAttribute::GetCustomAttributes(System.Reflection.RuntimeMethodInfo,System.RuntimeType,System.Boolean):System.Object[]")]
        private static System.Object[] CustomAttribute_GetCustomAttributes2(System.Reflection.RuntimeMethodInfo p0, System.RuntimeType p1, System.Boolean p2) => throw Unsupported("GetCustomAttributes");

        [Replaces("System.Reflection.CustomAttribute::GetCustomAttributes(System.Reflection.RuntimeConstructorInfo,System.RuntimeType):System.Object[]")]
        private static System.Object[] CustomAttribute_GetCustomAttributes3(System.Reflection.RuntimeConstructorInfo p0, System.RuntimeType p1) => throw Unsupported("GetCustomAttributes");

        [Replaces("System.Reflection.CustomAttribute::GetCustomAttributes(System.Reflection.RuntimePropertyInfo,System.RuntimeType):System.Object[]")]
        private static System.Object[] CustomAttribute_GetCustomAttributes4(System.Reflection.RuntimePropertyInfo p0, System.RuntimeType p1) => throw Unsupported("GetCustomAttributes");

        [Replaces("System.Reflection.CustomAttribute::GetCustomAttributes(System.Reflection.RuntimeEventInfo,System.RuntimeType):System.Object[]")]
        private static System.Object[] CustomAttribute_GetCustomAttributes5(System.Reflection.RuntimeEventInfo p0, System.RuntimeType p1) => throw Unsupported("GetCustomAttributes");

        [Replaces("System.Reflection.CustomAttribute::GetCustomAttributes(System.Reflection.RuntimeFieldInfo,System.RuntimeType):System.Object[]")]
        private static System.Object[] CustomAttribute_GetCustomAttributes6(System.Reflection.RuntimeFieldInfo p0, System.RuntimeType p1) => throw Unsupported("GetCustomAttributes");

        [Replaces("System.Reflection.CustomAttribute::GetCustomAttributes(System.Reflection.RuntimeParameterInfo,System.RuntimeType):System.Object[]")]
        private static System.Object[] CustomAttribute_GetCustomAttributes7(System.Reflection.RuntimeParameterInfo p0, System.RuntimeType p1) => throw Unsupported("GetCustomAttributes");

        [Replaces("System.Reflection.CustomAttribute::GetCustomAttributes(System.Reflection.RuntimeAssembly,System.RuntimeType):System.Object[]")]
        private static System.Object[] CustomAttribute_GetCustomAttributes8(System.Reflection.RuntimeAssembly p0, System.RuntimeType p1) => throw Unsupported("GetCustomAttributes");

        [Replaces("System.Reflection.CustomAttribute::GetCustomAttributes(System.Reflection.RuntimeModule,System.RuntimeType):System.Object[]")]
        private static System.Object[] CustomAttribute_GetCustomAttributes9(System.Reflection.RuntimeModule p0, System.RuntimeType p1) => throw Unsupported("GetCustomAttributes");

        [Replaces("System.Reflection.CustomAttribute::IsCustomAttributeDefined(System.Reflection.RuntimeModule,System.Int32,System.RuntimeType):System.Boolean")]
        private static System.Boolean CustomAttribute_IsCustomAttributeDefined(System.Reflection.RuntimeModule p0, System.Int32 p1, System.RuntimeType p2) => throw Unsupported("IsCustomAttributeDefined");

        [Replaces("System.Reflection.CustomAttribute::IsCustomAttributeDefined(System.Reflection.RuntimeModule,System.Int32,System.RuntimeType,System.Int32,System.Boolean):System.Boolean")]
        private static System.Boolean CustomAttribute_IsCustomAttributeDefined2(System.Reflection.RuntimeModule p0, System.Int32 p1, System.RuntimeType p2, System.Int32 p3, System.Boolean p4) => throw Unsupported("IsCustomAttributeDefined");

        [Replaces("System.Reflection.CustomAttribute::GetCustomAttributes(System.Reflection.RuntimeModule,System.Int32,System.Int32,System.RuntimeType):System.Object[]")]
        private static System.Object[] CustomAttribute_GetCustomAttributes10(System.Reflection.RuntimeModule p0, System.Int32 p1, System.Int32 p2, System.RuntimeType p3) => throw Unsupported("GetCustomAttributes");

        [Replaces("System.Reflection.CustomAttribute::GetAttributeUsage(System.RuntimeType):System.AttributeUsageAttribute")]
        private static System.AttributeUsageAttribute CustomAttribute_GetAttributeUsage(System.RuntimeType p0) => throw Unsupported("GetAttributeUsage");

        [Replaces("System.Delegate::GetMethodImpl():System.Reflection.MethodInfo")]
        private static System.Reflection.MethodInfo Delegate_GetMethodImpl(System.Delegate @this) => throw Unsupported("GetMethodImpl");

        [Replaces("System.Delegate::BindToMethodName(System.Object,System.RuntimeType,System.String,System.DelegateBindingFlags):System.Boolean")]
        private static System.Boolean Delegate_BindToMethodName(System.Delegate @this, System.Object p0, System.RuntimeType p1, System.String p2, System.DelegateBindingFlags p3) => throw Unsupported("BindToMethodName");

        [Replaces("System.Delegate::BindToMethodInfo(System.Object,System.IRuntimeMethodInfo,System.RuntimeType,System.DelegateBindingFlags):System.Boolean")]
        private static System.Boolean Delegate_BindToMethodInfo(System.Delegate @this, System.Object p0, System.IRuntimeMethodInfo p1, System.RuntimeType p2, System.DelegateBindingFlags p3) => throw Unsupported("BindToMethodInfo");

        [Replaces("System.Delegate::FindMethodHandle():System.IRuntimeMethodInfo")]
        private static System.IRuntimeMethodInfo Delegate_FindMethodHandle(System.Delegate @this) => throw Unsupported("FindMethodHandle");

        [Replaces("System.MulticastDelegate::GetMethodImpl():System.Reflection.MethodInfo")]
        private static System.Reflection.MethodInfo MulticastDelegate_GetMethodImpl(System.MulticastDelegate @this) => throw Unsupported("GetMethodImpl");

        [Replaces("System.Attribute::Equals(System.Object):System.Boolean")]
        private static bool AttributeEquals(Attribute @this, object obj) => ReferenceEquals(@this, obj);

        [Replaces("System.Attribute::GetHashCode():System.Int32")]
        private static int AttributeHash(Attribute @this) => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(@this);
    }

    /// Traces are text from the program's method table; there are no frames with methods.
    internal static class Traces
    {
        [Replaces("System.Diagnostics.StackTrace::CaptureStackTrace(System.Int32,System.Boolean,System.Exception):System.Void")]
        private static void Capture(StackTrace @this, int skip, bool files, Exception e)
        {
            @this._numOfFrames = 0;
            @this._methodsToSkip = 0;
        }

        [Replaces("System.Diagnostics.StackTrace::ToString(System.Diagnostics.StackTrace+TraceFormat):System.String")]
        private static string ToString(StackTrace @this, StackTrace.TraceFormat format) => Natives.StackTraceString(null);

        [Replaces("System.Diagnostics.StackTrace::ToString(System.Diagnostics.StackTrace+TraceFormat,System.Text.StringBuilder):System.Void")]
        private static void ToString(StackTrace @this, StackTrace.TraceFormat format, System.Text.StringBuilder to) => to.Append(Natives.StackTraceString(null));

        [Replaces("System.Diagnostics.StackFrame::BuildStackFrame(System.Int32,System.Boolean):System.Void")]
        private static void Build(StackFrame @this, int skip, bool files) { }

        [Replaces("System.Environment::get_StackTrace():System.String")]
        private static string Current() => Natives.StackTraceString(null);
    }
}
